"""Themes that people decided on: the codes of the open questions, counted like choices of many."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from analysis.coded import CodedQuestion
from analysis.crosstabs import by_group
from analysis.export import read_codings
from analysis.responses import Responses
from analysis.tables import Table
from forms.codebook import AskedQuestion, Category, Codebook, Measure, Variable

__all__ = ["CodedQuestion", "mark_themes", "read_codings", "theme_table", "with_themes"]

NONE_FITS = "no_code"
NOTE = (
    "Decided by people who read the answers; an answer may have several codes. The per cents are "
    "of answers whose coding is settled."
)


def with_themes(responses: Responses) -> Responses:
    """Add the codes of every coded question as a variable of several choices.

    Parameters
    ----------
    responses
        From `read_export`, perhaps filtered.

    Returns
    -------
    Responses
        With a variable `QUESTION_themes` for each coded question, after all others. It belongs to
        the open question, whose `kind` is "open", so that nothing takes it for a closed answer.
        The same where nothing was coded.
    """
    if not responses.codings:
        return responses
    columns: dict[str, pd.Series[bool]] = {}
    variables = []
    for coded in responses.codings:
        variable = theme_variable(responses.codebook, coded)
        variables.append(variable)
        given = [coded.codings.get(str(response)) for response in responses.frame.index]
        for category in variable.categories:
            column = pd.Series(_has(given, category.key), responses.frame.index, pd.BooleanDtype())
            columns[f"{variable.name}.{category.key}"] = column
    frame = pd.concat([responses.frame, pd.DataFrame(columns, index=responses.frame.index)], axis=1)
    kept = {name: getattr(responses.codebook, name) for name in Codebook.model_fields}
    codebook = Codebook(**{**kept, "variables": (*responses.codebook.variables, *variables)})
    return replace(responses, frame=frame, codebook=codebook)


def theme_table(responses: Responses, coded: CodedQuestion) -> Table:
    """Count the codes of a question by stakeholder group and for everybody.

    Parameters
    ----------
    responses
        From `read_export`, perhaps filtered.
    coded
        One question of `responses.codings`.

    Returns
    -------
    Table
        Like that of a question of several choices: a row a code, and one for answers that no code
        fits. `answered` of the base counts responses whose coding is settled. Small counts are
        not hidden yet: `hide_small_counts` does that.
    """
    counted = with_themes(replace(responses, codings=(coded,)))
    return mark_themes([by_group(counted, theme_name(coded))], [coded])[0]


def mark_themes(tables: Iterable[Table], codings: Iterable[CodedQuestion]) -> tuple[Table, ...]:
    """Say in tables of codes that they are such, and of which texts."""
    known = {theme_name(each): each.question for each in codings}
    return tuple(
        replace(each, note=NOTE, coded_from=known[each.key]) if each.key in known else each
        for each in tables
    )


def theme_name(coded: CodedQuestion) -> str:
    """Name the variable that holds the codes of a question."""
    return f"{coded.question}_themes"


def theme_variable(codebook: Codebook, coded: CodedQuestion) -> Variable:
    """Describe the codes of a question as a variable of several choices."""
    asked = _asked(codebook, coded.question)
    return Variable(
        name=theme_name(coded),
        label=f"Themes: {coded.question if asked is None else asked.text}",
        question=coded.question,
        section=coded.question if asked is None else asked.section,
        measure=Measure.SEVERAL,
        categories=(
            *(Category(key=code.key, label=code.name) for code in coded.codes),
            Category(key=NONE_FITS, label="None of the codes", substantive=False),
        ),
    )


def _has(given: Sequence[tuple[str, ...] | None], key: str) -> list[bool | None]:
    """Say for each response whether it has a code; None where its coding is not settled."""
    if key == NONE_FITS:
        return [None if codes is None else not codes for codes in given]
    return [None if codes is None else key in codes for codes in given]


def _asked(codebook: Codebook, question: str) -> AskedQuestion | None:
    return next((each for each in codebook.questions if each.key == question), None)
