"""The manifest of an export folder: what is in it, where from, and what was left out and why.

The app fills one in when it exports and the analysis reads it back, so neither knows the other.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from forms.codebook import Frozen, Key

Contents = Literal["full", "without_identities", "publishable"]


LEAST_VIEWS = 10
"""A group with fewer views on a question is not judged in results: it is said before opening."""


class ConsultationFacts(Frozen):
    """Which consultation this is. Times that nobody knows are None."""

    key: Key
    title: str
    opened_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None
    exported_at: AwareDatetime | None = None
    organiser: str = ""


class GroupCount(Frozen):
    """How many responses of one stakeholder group came in, and how many count."""

    received: int = Field(ge=0)
    included: int = Field(ge=0)


class Accounting(Frozen):
    """Every response that came in, and what became of it.

    `removed` counts by reason. `drafts` were never sent, so they stand beside.
    """

    received: int = Field(ge=0)
    included: int = Field(ge=0)
    removed: Mapping[str, int] = Field(default_factory=dict)
    drafts: int = Field(default=0, ge=0)
    by_group: Mapping[Key, GroupCount] = Field(default_factory=dict)

    @property
    def removed_total(self) -> int:
        """How many responses came in and do not count."""
        return sum(self.removed.values())

    @model_validator(mode="after")
    def adds_up(self) -> Self:
        """Refuse an account with a response lost or found."""
        if any(count < 0 for count in self.removed.values()):
            msg = "a number of removed responses is below zero"
            raise ValueError(msg)
        if self.received != self.included + self.removed_total:
            msg = (
                f"{self.received} received is not {self.included} included plus "
                f"{self.removed_total} removed"
            )
            raise ValueError(msg)
        return self


class Rules(Frozen):
    """Thresholds that were fixed before the consultation opened."""

    small_counts: int = Field(default=5, ge=1)
    consensus_threshold: float = Field(default=0.75, gt=0.5, le=1)
    k_anonymity: int = Field(default=5, ge=1)


class Manifest(Frozen):
    """`manifest.json`. `write_folder` fills in the digests of the files that it writes."""

    format: Literal[1] = 1
    consultation: ConsultationFacts
    synthetic: bool = False
    source: str = ""
    digests: Mapping[str, str] = Field(default_factory=dict)
    accounting: Accounting
    rules: Rules = Rules()
    contents: Contents = "without_identities"
    warnings: tuple[str, ...] = ()
