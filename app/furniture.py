"""The built style sheet and script, with a version in the address."""

import hashlib
from pathlib import Path

from flask import Flask, url_for

NOT_BUILT = "unbuilt"


def version_of(file: Path) -> str:
    """A few digits of the file's content, so that a browser keeps it until it changes."""
    if not file.is_file():
        return NOT_BUILT
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def init_app(app: Flask) -> None:
    """Give templates `asset("site.css")`. Versions are read once; nothing is read per request."""
    folder = Path(app.static_folder or "")
    versions = {name: version_of(folder / name) for name in ("site.css", "site.js", "icon.svg")}
    if NOT_BUILT in versions.values():
        app.logger.warning("The style sheet and script are not built: run `make setup`.")

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=versions[name])

    app.jinja_env.globals["asset"] = asset
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31_536_000
