"""Which picture suits which question: the one place that looks at the measure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.charts.bars import scale_bars
from analysis.charts.bump import rank_lines
from analysis.charts.counts import count_bars
from analysis.charts.distribution import parts_of, quartile_bars
from analysis.charts.dots import mean_dots, share_dots
from analysis.charts.frame import Chart
from analysis.charts.segments import Item
from analysis.tables import Cell, Row, Table
from forms.codebook import Measure, Variable

ROWS_A_PICTURE = 8
"""Rows of a grid on one picture: so many fit on a page of A4."""

LINES_AT_MOST = 8
"""Ranked items that lines can join and still be followed by eye."""


def draw_question(
    title: str, tables: Sequence[Table], variables: Mapping[str, Variable]
) -> tuple[Chart, ...]:
    """Draw the tables of one question.

    Parameters
    ----------
    title
        The wording of the question.
    tables
        Its tables, one a variable, in order.
    variables
        The codebook's variables by name.

    Returns
    -------
    tuple of Chart
        Rows of a grid on one scale stand together. Nothing is drawn where nobody was asked, nor of
        what was written.
    """
    charts: list[Chart] = []
    waiting: list[Item] = []
    for table in tables:
        variable = variables[table.variable or ""]
        if not table.rows or not any(base.hidden or base.asked for base in table.bases):
            continue
        if variable.measure is Measure.ORDINAL:
            item = Item(table, variable, variable.row or "")
            if waiting and waiting[0].variable.categories != variable.categories:
                charts += _scales(title, waiting)
                waiting = []
            waiting.append(item)
            continue
        chart = _alone(title, table, variable)
        charts += [] if chart is None else [chart]
    return (*_scales(title, waiting), *charts)


def _scales(title: str, items: Sequence[Item]) -> list[Chart]:
    if not items:
        return []
    pictures = -(-len(items) // ROWS_A_PICTURE)
    share = -(-len(items) // pictures)
    charts = []
    for start in range(0, len(items), share):
        part = items[start : start + share]
        alone = len(part) == 1 and not part[0].label
        words = title if pictures == 1 else f"{title} ({start // share + 1} of {pictures})"
        charts.append(scale_bars(part[0].table.key, words, part, everybody=alone))
    return charts


def _alone(title: str, table: Table, variable: Variable) -> Chart | None:
    match variable.measure:
        case Measure.NOMINAL | Measure.SEVERAL:
            return share_dots(table.key, title, table)
        case Measure.RANKING:
            return _ranking(title, table, variable)
        case Measure.POINTS:
            rows = [_named(row, variable) for row in table.rows if row.part == "mean"]
            return mean_dots(table.key, title, table, rows, "points")
        case Measure.NUMBER if parts_of(table.rows):
            return quartile_bars(table.key, title, table)
        case Measure.JURISDICTION:
            return count_bars(table.key, title, table)
    return None


def _ranking(title: str, table: Table, variable: Variable) -> Chart:
    scores = borda_scores(table, variable)
    if len(scores) <= LINES_AT_MOST:
        return rank_lines(table.key, title, table, scores, lowest_first=False, rule="Borda points")
    placed = tuple(
        replace(_named(row, variable), part="") for row in table.rows if row.part == "placed"
    )
    ways_out = tuple(row for row in table.rows if not row.substantive)
    return share_dots(table.key, title, replace(table, rows=(*placed, *ways_out)))


def borda_scores(table: Table, variable: Variable) -> tuple[Row, ...]:
    """Give the Borda points of every ranked item, per respondent who ranked anything.

    Parameters
    ----------
    table
        A published table of `Measure.RANKING`: only what it shows is used.
    variable
        Its variable: of N places the first gives N points, the last 1, none 0.

    Returns
    -------
    tuple of Row
        Rows of kind "mean". Points of an item are count × (N + 1 − mean rank), over the number
        with a view; hidden where either is hidden.

    References
    ----------
    Borda, J.-C. de (1781). Mémoire sur les élections au scrutin.
    """
    rows = {(row.category, row.part): row for row in table.rows}
    places = variable.at_most or len(variable.substantive)
    scores = []
    for item in variable.substantive:
        placed, mean = rows.get((item.key, "placed")), rows.get((item.key, "mean_rank"))
        if placed is None or mean is None:
            continue
        cells = tuple(
            _score(one, other, places, base.shown("with_a_view"))
            for one, other, base in zip(placed.cells, mean.cells, table.bases, strict=True)
        )
        scores.append(Row(item.key, item.label, cells, kind="mean", category=item.key))
    return tuple(scores)


def _score(placed: Cell, mean: Cell, places: int, base: int | None) -> Cell:
    if placed.hidden or mean.hidden or base is None:
        return Cell(None, None, hidden=True)
    if not base or placed.count is None:
        return Cell(placed.count, None)
    points = 0.0 if mean.value is None else placed.count * (places + 1 - mean.value)
    return Cell(base, None, points / base)


def _named(row: Row, variable: Variable) -> Row:
    """Give a row the words of its category alone, where the picture says the rest."""
    labels = {category.key: category.label for category in variable.categories}
    return replace(row, label=labels.get(row.category, row.label))
