"""What `codings.json` holds: the codes of each open question, what was decided, and how surely.

The models alone, so that reading an export needs nothing of the counting.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from forms.codebook import Frozen, Key

CODINGS = "codings.json"


class Code(Frozen):
    """A theme that coders could give."""

    key: Key
    name: str
    description: str = ""


class Counts(Frozen):
    """How much was coded. Copies of a text are one text and several responses."""

    texts: int = Field(ge=0)
    responses: int = Field(ge=0)
    coded: int = Field(ge=0)
    settled: int = Field(ge=0)


class CodeReliability(Frozen):
    """How far two coders agreed on one code; figures that mean nothing are None, with a reason."""

    code: Key
    n: int = Field(ge=0)
    agreed: float | None
    alpha: float | None
    kappa: float | None
    reason: str | None = None


class Reliability(Frozen):
    """Which share was coded twice, how many texts that were, and the figures code by code."""

    second_share: int = Field(ge=0, le=100)
    double_coded: int = Field(ge=0)
    least: int = Field(ge=1)
    codes: tuple[CodeReliability, ...]


class CodedQuestion(Frozen):
    """One open question: its codes, and the final codes of each response that is settled."""

    question: Key
    codes: tuple[Code, ...]
    counts: Counts
    codings: Mapping[str, tuple[str, ...]]
    reliability: Reliability


class Codings(Frozen):
    """`codings.json`."""

    format: Literal[1]
    questions: tuple[CodedQuestion, ...]
