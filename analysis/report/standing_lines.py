"""The head of a chapter: where the groups agree, where they split, what is missing."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from analysis.charts.frame import columns_of
from analysis.charts.wording import listed, percent
from analysis.glance import Glance, GlanceLine, Standing
from analysis.positions import Position, firmness
from analysis.report.content import Written
from analysis.report.readings import common_line, in_text, split_line
from analysis.tables import Row, Table
from forms.codebook import AskedQuestion, Codebook, Variable

LINES_AT_MOST = 6
"""Lines in each of the boxes “where they agree” and “where they split”."""


WITHOUT_VIEW = 25.0
"""From this share without a view (per cent of those who answered) a report says so."""


@dataclass(frozen=True)
class Shelf:
    """What chapters are made from: published tables, judgements, and what was read."""

    codebook: Codebook
    tables: Mapping[str, Table]
    standings: Mapping[str, Standing]
    glance: Glance
    read: Callable[[Variable], Written | None]

    def of_question(self, key: str) -> tuple[Table, ...]:
        """Give the published tables of a question, in order; what is identifying has none."""
        return tuple(
            self.tables[variable.name]
            for variable in self.codebook.of_question(key)
            if variable.name in self.tables
        )


def names_of(shelf: Shelf, standings: Iterable[Standing]) -> dict[str, str]:
    """Name variables shortly: by the row of a grid alone, where there is one grid among them."""
    found = [shelf.codebook.by_name[each.table.variable or ""] for each in standings]
    texts = {question.key: question.text for question in shelf.codebook.questions}
    grids = {each.question for each in found if each.row}
    names = {}
    for variable in found:
        asked = texts.get(variable.question, variable.label)
        if variable.row and len(grids) == 1:
            names[variable.name] = f"“{variable.row}”"
        elif variable.row:
            names[variable.name] = f"{asked} “{variable.row}”"
        else:
            names[variable.name] = asked
    return names


def agree(shelf: Shelf, standings: Iterable[Standing]) -> tuple[str, ...]:
    """Say what the groups share, the firmest first."""
    every = tuple(standings)
    names = names_of(shelf, every)
    held = [each for each in every if each.verdict == "common_ground"]
    held.sort(key=firmness)
    lines = [common_line(each, names[each.table.variable or ""]) for each in held[:LINES_AT_MOST]]
    return (*lines, *_more(len(held)))


def split(shelf: Shelf, standings: Iterable[Standing]) -> tuple[str, ...]:
    """Say where the groups part, the furthest first."""
    every = tuple(standings)
    names = names_of(shelf, every)
    parted = [each for each in every if each.verdict == "split"]
    parted.sort(key=lambda each: (-each.difference.size, each.table.key))
    lines = [split_line(each, names[each.table.variable or ""]) for each in parted[:LINES_AT_MOST]]
    return (*lines, *_more(len(parted)))


def _more(many: int) -> tuple[str, ...]:
    left = many - LINES_AT_MOST
    return (f"And on {left} more, below.",) if left > 0 else ()


def missing(shelf: Shelf, line: GlanceLine, questions: Sequence[AskedQuestion]) -> Iterator[str]:
    """Say what these figures cannot tell: groups too small, views not given, nothing written."""
    if line.lead is None:
        yield "No closed question compares the groups here."
        return
    table = line.lead.table
    apart = {each.group: each.label for each in line.lead.positions if not base_asked(table, each)}
    outside = [label for group, label in apart.items() if not put_to(shelf.codebook, table, group)]
    if outside:
        yield f"The leading question was not put to {listed([in_text(each) for each in outside])}."
    absent = [label for label in apart.values() if label not in outside]
    if absent:
        groups = listed([in_text(label) for label in absent])
        yield f"Nobody in {groups} reached the leading question."
    small = [
        each.label
        for each in line.lead.positions
        if each.state == "too_few" and each.group not in apart
    ]
    if small:
        groups = listed([in_text(label) for label in small])
        yield f"Fewer than {shelf.glance.minimum} in {groups} gave a view on the leading question."
    unseen = [each.label for each in line.lead.positions if each.state == "hidden"]
    if unseen:
        groups = listed([in_text(label) for label in unseen])
        yield f"Small counts are hidden in {groups}, so no majority can be named there."
    yield from without_view(line.lead.table)
    opens = [each for each in questions if each.kind == "open"]
    for question in opens:
        tables = shelf.of_question(question.key)
        if tables and not any(wrote(table) for table in tables):
            yield f"Nobody wrote anything in answer to “{question.text}”"


def base_asked(table: Table, position: Position) -> bool:
    """Whether anybody of a group reached the question, as far as the table shows."""
    base = table.bases[table.column(position.group)]
    return base.hidden or base.asked > 0


def put_to(codebook: Codebook, table: Table, group: str) -> bool:
    """Whether the questionnaire puts the question to a group, whoever came to it."""
    variable = codebook.by_name[table.variable or ""]
    groups = {each.key: each.groups for each in codebook.questions}.get(variable.question, ())
    return not groups or group in groups


def wrote(table: Table) -> bool:
    return any(row.cells[-1].hidden or row.cells[-1].count for row in table.rows)


def without_view(table: Table) -> Iterator[str]:
    """Say in which groups many answered without giving a view."""
    rows = [row for row in table.rows if not row.substantive and row.kind == "count"]
    many = []
    for column in columns_of(table, everybody=False):
        shares = _shares(rows, column.place)
        total = sum(shares)
        if shares and total >= WITHOUT_VIEW and column.base.answered >= 10:
            many.append(f"{in_text(column.heading)} ({percent(total)})")
    if many:
        yield f"Many gave no view on the leading question in {listed(many)}."


def _shares(rows: Sequence[Row], place: int) -> list[float]:
    cells = [row.cells[place] for row in rows]
    if any(cell.hidden for cell in cells):
        return []
    return [cell.percent or 0.0 for cell in cells]
