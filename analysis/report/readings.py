"""What each question's figures say, in a sentence or two, from the published tables alone.

Scales and choices are read by `analysis.sentences`. Here stand the measures that have no majority
(rankings, points, figures), and the short lines of "where they agree" and "where they split". As
there, no group is named whose base is under the minimum or whose figures are hidden.
"""

from collections.abc import Mapping, Sequence

from analysis.charts.drawing import borda_scores
from analysis.charts.frame import columns_of
from analysis.charts.wording import cell_value, listed
from analysis.positions import MINIMUM, Position, Share, Standing
from analysis.sentences import among, per_cent, say
from analysis.tables import Row, Table
from forms.codebook import Measure, Variable


def read_question(
    tables: Sequence[Table],
    variables: Mapping[str, Variable],
    standings: Mapping[str, Standing],
) -> tuple[str, ...]:
    """Say what the tables of one question show.

    Parameters
    ----------
    tables
        The published tables of the question, in order.
    variables
        The codebook's variables by name.
    standings
        From `analysis.glance`, by variable; those that cannot be judged may be missing.

    Returns
    -------
    tuple of str
        Sentences; nothing where the figures justify nothing.
    """
    rows = [each for each in tables if variables[each.variable or ""].row is not None]
    if len(rows) > 1:
        return read_grid(rows, variables, standings)
    sentences: list[str] = []
    for table in tables:
        variable = variables[table.variable or ""]
        if variable.name in standings and standings[variable.name].verdict != "too_few":
            sentences.append(say(standings[variable.name]))
        if variable.measure in READERS:
            sentences += READERS[variable.measure](table, variable)
    return tuple(sentences)


def read_grid(
    tables: Sequence[Table],
    variables: Mapping[str, Variable],
    standings: Mapping[str, Standing],
) -> tuple[str, ...]:
    """Say on which rows of a grid the groups share a majority, and on which they split."""
    words = {"common_ground": "The groups share a majority", "split": "The groups split"}
    judged = [
        (variables[table.variable or ""].row or "", standings[table.variable or ""].verdict)
        for table in tables
        if table.variable in standings
    ]
    sentences = []
    for verdict, lead in words.items():
        rows = [f"“{row}”" for row, found in judged if found == verdict]
        if rows:
            sentences.append(f"{lead} on {len(rows)} of {len(judged)} rows: {listed(rows)}.")
    return tuple(sentences)


def read_ranking(table: Table, variable: Variable) -> tuple[str, ...]:
    """Say what each group ranked highest, by Borda points."""
    return highest(
        table, borda_scores(table, variable), "Highest by Borda points in {groups}: “{label}”."
    )


def read_points(table: Table, variable: Variable) -> tuple[str, ...]:
    """Say what each group gave most points to."""
    labels = {category.key: category.label for category in variable.categories}
    rows = [
        Row(row.key, labels.get(row.category, row.label), row.cells, kind="mean")
        for row in table.rows
        if row.part == "mean"
    ]
    words = "Given most points on average by {groups}: “{label}”."
    return highest(table, rows, words, figures=True)


def highest(
    table: Table, rows: Sequence[Row], words: str, *, figures: bool = False
) -> tuple[str, ...]:
    """Say which row has the highest value in each group; a tie at the top is not broken."""
    leading: dict[str, list[str]] = {}
    for column in columns_of(table, everybody=False):
        cells = [row.cells[column.place] for row in rows]
        values = [cell.value for cell in cells if cell.value is not None]
        small = (column.base.shown("with_a_view") or 0) < MINIMUM
        if small or len(values) < len(cells) or not values or values.count(max(values)) > 1:
            continue
        best = rows[values.index(max(values))]
        figure = f" ({cell_value(best.cells[column.place])})" if figures else ""
        leading.setdefault(best.label, []).append(in_text(column.heading) + figure)
    return tuple(words.format(groups=listed(each), label=key) for key, each in leading.items())


def read_number(table: Table, _variable: Variable) -> tuple[str, ...]:
    """Give the median of each group."""
    medians = [row for row in table.rows if row.part == "median"]
    if not medians:
        return ()
    said = [
        f"{cell_value(medians[0].cells[column.place])} in {in_text(column.heading)}"
        for column in columns_of(table, everybody=False)
        if (column.base.shown("with_a_view") or 0) >= MINIMUM
        and medians[0].cells[column.place].value is not None
    ]
    unit = f" ({table.unit})" if table.unit else ""
    return (f"The median{unit} is {listed(said)}.",) if said else ()


READERS = {
    Measure.RANKING: read_ranking,
    Measure.POINTS: read_points,
    Measure.NUMBER: read_number,
}


def common_line(standing: Standing, name: str) -> str:
    """Say in one line what the groups share."""
    key = standing.shared
    held = [
        (each, next(share for share in each.shares if share.key == key)) for each in standing.named
    ]
    figures = listed([short(each, share) for each, share in held])
    position = f"{held[0][1].label}{among(standing)}"
    if ended(name) == name:
        return f"{name} {position}: {figures}."
    return f"{name} ({position}): {figures}."


def split_line(standing: Standing, name: str) -> str:
    """Say in one line what the majority of each group holds."""
    parts = [
        f"{short(each, each.majority)} {each.majority.label}"
        if each.majority is not None
        else f"{in_text(each.label)} no majority"
        for each in standing.named
    ]
    return f"{ended(name)} {'; '.join(parts)}."


def ended(words: str) -> str:
    """End words as a sentence ends, where they do not yet."""
    return words if words.rstrip().endswith(("?", ".", "!", "…", ":")) else f"{words}:"


def short(position: Position, share: Share) -> str:
    """Give a group and its share."""
    least = "at least " if share.at_least else ""
    return f"{in_text(position.label)} {least}{per_cent(share.count, position.views)}"


def in_text(heading: str) -> str:
    """Write a group's name as it stands in the middle of a sentence; initials stay."""
    first = heading.split(maxsplit=1)[0] if heading.split() else ""
    return heading if first[1:] != first[1:].lower() else heading[:1].lower() + heading[1:]
