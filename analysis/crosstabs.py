"""Tables by stakeholder group, with the three bases under every column.

Counting is `numpy.bincount` over categorical codes: `benchmarks/crosstabs.py` says why.
"""

import numpy as np

from analysis.responses import CODED, Responses
from analysis.summaries import Columns, Line, Summary, summarise
from analysis.tables import Base, BaseName, Cell, Row, Table, share
from forms.codebook import Measure, Variable

EVERYBODY = ("all", "All")
BLANK = "left.blank"
OPEN = (Measure.TEXT, Measure.REFERENCES)
NOTES = {
    Measure.SEVERAL: "Each respondent could choose several, so the per cents may add up to more "
    "than 100.",
    Measure.RANKING: "Rank 1 is first. A mean rank is over those who ranked the item.",
    Measure.POINTS: "Each respondent shared out {total} points; the shares depend on each other.",
    Measure.JURISDICTION: "A respondent may name several.",
}


def by_group(responses: Responses, name: str, *, base: BaseName = "answered") -> Table:
    """Count a variable by stakeholder group and for everybody.

    Parameters
    ----------
    responses
        From `read_export`, perhaps filtered.
    name
        A variable of the codebook, of any measure.
    base
        What the per cents are of: "answered" (the default; "don't know" and its kin count as
        answers), "with_a_view" (without them) or "asked" (those who left it blank count too, in a
        row of their own).

    Returns
    -------
    Table
        One column a group in the order of the codebook, the last column "All". Views first, then
        "don't know" and its kin, which have no per cent of those with a view. Nobody answering is
        a table of noughts without per cents.

    Raises
    ------
    UnknownVariableError
        Where the codebook has no such variable; the message gives the nearest name.

    Notes
    -----
    Bases follow the practice of published consultation analyses: every per cent names its base
    (Scottish Government, consultation analysis reports; AAPOR Code, disclosure standards).
    """
    return tabulate(responses, responses.variable(name), group_columns(responses), base)


def by_variable(
    responses: Responses, name: str, columns: str, *, base: BaseName = "answered"
) -> Table:
    """Count a variable by another one, nominal or ordinal, instead of by group.

    Raises
    ------
    UnknownVariableError
        Where the codebook does not have both.
    ValueError
        Where `columns` is not one answer out of several.
    """
    parted = columns_of(responses, columns)
    return tabulate(responses, responses.variable(name), parted, base)


def all_by_group(responses: Responses, *, base: BaseName = "answered") -> tuple[Table, ...]:
    """Count every variable of the codebook by group, in its order; identifying ones never."""
    columns = group_columns(responses)
    return tuple(
        tabulate(responses, variable, columns, base)
        for variable in responses.codebook.variables
        if not variable.identifying
    )


def group_columns(responses: Responses) -> Columns:
    """Part respondents by stakeholder group."""
    return columns_of(responses, responses.codebook.roles.group)


def columns_of(responses: Responses, name: str) -> Columns:
    """Part respondents by a nominal or ordinal variable."""
    variable = responses.variable(name)
    if variable.measure not in CODED:
        msg = f"{name} cannot part the respondents: it is not one answer out of several"
        raise ValueError(msg)
    return Columns(
        keys=(*(category.key for category in variable.categories), EVERYBODY[0]),
        headings=(*(category.label for category in variable.categories), EVERYBODY[1]),
        codes=responses.codes(name),
    )


def tabulate(responses: Responses, variable: Variable, columns: Columns, base: BaseName) -> Table:
    """Put a summary of a variable on its bases.

    Of what is written, the only share that says anything is that of those who were asked.
    """
    if variable.measure in OPEN:
        base = "asked"
    summary = summarise(responses, variable, columns)
    asked = columns.count(responses.was_asked(variable.name))
    bases = tuple(
        Base(asked=int(a), answered=int(b), with_a_view=int(c))
        for a, b, c in zip(asked, summary.answered, summary.with_a_view, strict=True)
    )
    lines = summary.lines
    if base == "asked" and variable.measure not in OPEN:
        lines = (*lines, Line(BLANK, "Left blank", asked - summary.answered, substantive=False))
    rows = tuple(row(line, bases, base) for line in lines)
    return Table(
        key=variable.name,
        title=title_of(responses, variable),
        measure=variable.measure,
        columns=columns.headings,
        rows=rows,
        bases=bases,
        note=note(variable, columns, summary),
        variable=variable.name,
        question=variable.question,
        base=base,
        column_keys=columns.keys,
        filters=responses.filters,
        unit=variable.unit or "",
    )


def row(line: Line, bases: tuple[Base, ...], base: BaseName) -> Row:
    """Give a line its per cents: none of a mean, and none of those with a view for "don't know"."""
    no_share = line.kind != "count" or (base == "with_a_view" and not line.substantive)
    values = [None] * len(bases) if line.values is None else line.values.tolist()
    cells = tuple(
        Cell(
            count=int(count),
            percent=None if no_share else share(int(count), each.of(base)),
            value=None if value is None or np.isnan(value) else float(value),
        )
        for count, value, each in zip(line.counts, values, bases, strict=True)
    )
    return Row(
        key=line.key,
        label=line.label,
        cells=cells,
        substantive=line.substantive,
        kind=line.kind,
        category=line.category,
        part=line.part,
    )


def title_of(responses: Responses, variable: Variable) -> str:
    """Give the wording of the question, with that of the row where it is a row of a grid."""
    asked = {question.key: question.text for question in responses.codebook.questions}
    if variable.row is not None and variable.question in asked:
        return f"{asked[variable.question]} – {variable.row}"
    return variable.label


def note(variable: Variable, columns: Columns, summary: Summary) -> str:
    """Say what a reader needs to know to read the table right."""
    words = [NOTES.get(variable.measure, "").format(total=variable.total or 100)]
    lone = int((columns.codes == -1).sum())
    if lone and summary.answered[-1]:
        words.append(
            f"{lone} {'respondent is' if lone == 1 else 'respondents are'} in no column of "
            "their own, and in “All” only."
        )
    return " ".join(part for part in words if part)
