"""What people found in the answers: the frames, final codings and reliability of `codings.json`."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field

from analysis.crosstabs import by_group
from analysis.export import check_digest, parse
from analysis.responses import Responses
from analysis.tables import Table
from forms.codebook import Category, Codebook, Frozen, Key, Measure, Variable
from forms.manifest import Manifest

CODINGS = "codings.json"
NONE_FITS = "no_code"
NOTE = (
    "Decided by people who read the answers; an answer may have several codes. The per cents are "
    "of answers whose coding is settled."
)


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


def read_codings(folder: Path | str, manifest: Manifest) -> tuple[CodedQuestion, ...]:
    """Read what people decided about the answers; nothing where the folder holds no such file.

    Parameters
    ----------
    folder
        An export folder (`analysis/EXPORT.md`).
    manifest
        Its manifest, which holds the digest of the file.

    Raises
    ------
    BrokenFileError
        The file cannot be understood.
    ChangedFileError
        It is not the one that the manifest was written for.
    """
    path = Path(folder) / CODINGS
    if not path.exists():
        return ()
    content = path.read_bytes()
    check_digest(CODINGS, content, manifest)
    return parse(Codings, content, CODINGS).questions


def theme_table(responses: Responses, coded: CodedQuestion) -> Table:
    """Count the codes of a question by stakeholder group and for everybody.

    Parameters
    ----------
    responses
        From `read_export`, perhaps filtered.
    coded
        One question of `read_codings`.

    Returns
    -------
    Table
        Like that of a question of several choices: a row a code, and one for answers that no code
        fits. `answered` of the base counts responses whose coding is settled. Small counts are
        not hidden yet: `hide_small_counts` does that.
    """
    name = f"{coded.question}_themes"
    variable = Variable(
        name=name,
        label=f"Themes: {_wording(responses.codebook, coded.question)}",
        question=coded.question,
        section=_section(responses.codebook, coded.question),
        measure=Measure.SEVERAL,
        categories=(
            *(Category(key=code.key, label=code.name) for code in coded.codes),
            Category(key=NONE_FITS, label="None of the codes", substantive=False),
        ),
    )
    chosen = {
        f"{name}.{category.key}": _has(responses, coded, category.key)
        for category in variable.categories
    }
    codebook = Codebook(
        **{
            **dict(responses.codebook),
            "variables": (*responses.codebook.variables, variable),
        }
    )
    frame = pd.concat([responses.frame, pd.DataFrame(chosen, index=responses.frame.index)], axis=1)
    counted = replace(responses, frame=frame, codebook=codebook)
    return replace(by_group(counted, name), note=NOTE)


def _has(responses: Responses, coded: CodedQuestion, key: str) -> "pd.Series[bool]":
    """Say for each response whether it has a code; missing where its coding is not settled."""
    values = []
    for response in responses.frame.index:
        codes = coded.codings.get(str(response))
        if codes is None:
            values.append(None)
        else:
            values.append(not codes if key == NONE_FITS else key in codes)
    return pd.Series(values, index=responses.frame.index, dtype=pd.BooleanDtype())


def _wording(codebook: Codebook, question: str) -> str:
    return next((each.text for each in codebook.questions if each.key == question), question)


def _section(codebook: Codebook, question: str) -> str:
    return next((each.section for each in codebook.questions if each.key == question), question)
