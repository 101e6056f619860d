"""What people decided about pairs of texts, in a small file that the next run reads.

The file is YAML. Texts are named by the fingerprint of their words, so that a decision holds at any
order of rows, and the file holds nobody's words::

    version: 1
    decisions:
      - first: 0a1b2c3d4e5f6071     # fingerprint of one text
        second: 8192a3b4c5d6e7f8    # fingerprint of the other, the greater of the two
        similarity: 0.762           # exact Jaccard similarity, for whoever reads the file
        responses: [R17, R203]      # where to find the two texts
        same: null                  # true: one campaign; false: two texts; null: not decided yet
        by: ""                      # who decided, and why, if they care to say
"""

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Decision(BaseModel):
    """One pair of texts, and whether a person says that they are the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    first: Fingerprint
    second: Fingerprint
    similarity: float = Field(ge=0, le=1)
    responses: Annotated[tuple[str, ...], Field(strict=False)] = ()
    same: bool | None = None
    by: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> "Decision":
        if self.first >= self.second:
            msg = "first must be the lesser fingerprint of the two"
            raise ValueError(msg)
        return self

    @property
    def pair(self) -> tuple[str, str]:
        """The two fingerprints, the lesser first."""
        return self.first, self.second


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1]
    decisions: Annotated[tuple[Decision, ...], Field(strict=False)] = ()


class UnreadableDecisions(ValueError):
    """The decisions file is not in the documented form; the message says where."""


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """Read decisions; a file that is not there holds none.

    Parameters
    ----------
    path : Path
        A YAML file in the form shown at the top of this module.

    Returns
    -------
    tuple of Decision
        In order of their fingerprints.

    Raises
    ------
    UnreadableDecisions
        When the file is not valid, or decides one pair twice.
    """
    if not path.exists():
        return ()
    try:
        read = _File.model_validate(yaml.load(path.read_text("utf-8"), Loader=_Strict))  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValidationError) as problem:
        raise UnreadableDecisions(f"{path.name}: {problem}") from problem
    if len({decision.pair for decision in read.decisions}) < len(read.decisions):
        raise UnreadableDecisions(
            f"{path.name}: one pair of texts is listed twice; keep one of them"
        )
    return tuple(sorted(read.decisions, key=lambda decision: decision.pair))


class _Strict(yaml.SafeLoader):
    """Refuses a key written twice, where YAML would quietly take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - the signature is PyYAML's
        keys = [key.value for key, _ in node.value]
        if len(set(keys)) < len(keys):
            raise yaml.constructor.ConstructorError(
                None, None, "a key is written twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def write_decisions(path: Path, decisions: Iterable[Decision]) -> None:
    """Write decisions, in order of their fingerprints: the same decisions give the same bytes.

    Parameters
    ----------
    path : Path
        Replaced if it is there.
    decisions : iterable of Decision
        Decided and undecided ones.
    """
    listed = sorted(decisions, key=lambda decision: decision.pair)
    content = {"version": 1, "decisions": [decision.model_dump(mode="json") for decision in listed]}
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")


def offer_decisions(path: Path, offers: Iterable[Decision]) -> int:
    """Add pairs to the decisions file for a person to decide; what stands there stays.

    Parameters
    ----------
    path : Path
        The decisions file; made if it is not there.
    offers : iterable of Decision
        Such as `Campaigns.undecided`.

    Returns
    -------
    int
        How many pairs were new.

    Raises
    ------
    UnreadableDecisions
        When the file is there and not valid; it is then left as it is.
    """
    there = read_decisions(path)
    known = {decision.pair for decision in there}
    new = {offer.pair: offer for offer in offers if offer.pair not in known}
    write_decisions(path, (*there, *new.values()))
    return len(new)
