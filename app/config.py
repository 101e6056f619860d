"""Settings, read once from the environment.

Every default is safe in production and fit to be public. A secret has no default: without it the
application refuses to start, except in the local run, which makes its own under `var/`.
"""

import base64
import os
import secrets
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

ROOT = Path(__file__).parents[1]
SECRET_NAMES = ("CONSULT_SECRET_KEY", "CONSULT_ENCRYPTION_KEYS")


class MissingSecret(RuntimeError):
    """A secret that the application cannot run without is not set."""


class Settings(BaseSettings):
    """What the environment decides. Names are `CONSULT_` and the field in capitals."""

    model_config = SettingsConfigDict(env_prefix="CONSULT_", populate_by_name=True, frozen=True)

    local: bool = False
    folder: Path = ROOT / "var"
    database_url: Annotated[str, Field(validation_alias="DATABASE_URL")] = ""
    secret_key: SecretStr = SecretStr("")
    encryption_keys: SecretStr = SecretStr("")
    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    proxies: int = Field(0, ge=0, le=5)
    mail_url: str = ""
    mail_from: str = "Open Questions <no-reply@localhost>"
    mail_per_minute: int = Field(60, ge=1)
    session_hours: int = Field(24, ge=20)
    limits: bool = True
    testing: bool = False

    @model_validator(mode="before")
    @classmethod
    def split_hosts(cls, values: dict[str, object]) -> dict[str, object]:
        """Read `a.example,b.example` as two hosts."""
        for name in ("trusted_hosts", "CONSULT_TRUSTED_HOSTS"):
            if isinstance(given := values.get(name), str):
                values[name] = tuple(host.strip() for host in given.split(",") if host.strip())
        return values

    @model_validator(mode="after")
    def refuse_to_run_without_secrets(self) -> Self:
        """Stop the start where a secret is missing or too short to be one."""
        if len(self.secret_key.get_secret_value()) < 32:
            msg = (
                "Set CONSULT_SECRET_KEY to at least 32 random characters, "
                "for example the output of: python -c 'import secrets; print(secrets.token_hex())'"
            )
            raise MissingSecret(msg)
        if not self.encryption_keys.get_secret_value():
            msg = (
                "Set CONSULT_ENCRYPTION_KEYS to NAME:KEY, where KEY is 32 random bytes in base64. "
                "Keep a copy apart from the database: without it the answers cannot be read."
            )
            raise MissingSecret(msg)
        return self

    @property
    def database(self) -> str:
        """The database's address; a file in `var/` where none is set."""
        return self.database_url or f"sqlite:///{self.folder / 'open-questions.db'}"

    @property
    def secure(self) -> bool:
        """Whether people reach the service over HTTPS, so that cookies can insist on it."""
        return self.base_url.startswith("https://")


def local_settings(folder: Path = ROOT / "var", **changes: object) -> Settings:
    """Settings of the local run: secrets are made once and kept in `var/secrets.env`."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "secrets.env"
    if not kept.exists():
        key = base64.b64encode(secrets.token_bytes(32)).decode()
        values = (secrets.token_hex(32), f"local:{key}")
        lines = (f"{name}={value}\n" for name, value in zip(SECRET_NAMES, values, strict=True))
        kept.touch(mode=0o600)
        kept.write_text("".join(lines))
    return Settings(_env_file=kept, local=True, folder=folder, **changes)  # type: ignore[arg-type]  # pydantic-settings reads these names


def read_settings() -> Settings:
    """The settings of this process: `CONSULT_LOCAL=1` asks for the local run."""
    if os.environ.get("CONSULT_LOCAL", "").lower() in {"1", "true", "yes"}:
        return local_settings(Path(os.environ.get("CONSULT_FOLDER", ROOT / "var")))
    return Settings()
