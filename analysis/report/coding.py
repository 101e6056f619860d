"""The coding frames and how far coders agreed, for the annex; and what the codes say by group."""

from collections.abc import Mapping

from analysis.charts.frame import columns_of
from analysis.charts.wording import HIDDEN, listed, number
from analysis.coded import CodedQuestion, CodeReliability
from analysis.positions import MINIMUM
from analysis.report.content import Listing
from analysis.report.readings import in_text
from analysis.report.said import NOT_SAID, says_how_many
from analysis.responses import Responses
from analysis.sentences import per_cent
from analysis.tables import Table

HEADING = ("Code", "What it means", "Agreement", "Coded twice", "Same", "Alpha", "Kappa")
FIRM, FAIR = 0.8, 0.67
NO_FIGURE = "–"
HOW_TO_READ = (
    "Two people coded the same texts, each blind to the other. “Same” is the share of those texts "
    "on which both gave the code or both did not. Krippendorff’s alpha and Cohen’s kappa say how "
    "far they agreed beyond chance: 1 is full agreement, 0 what chance gives. From an alpha of 0.8 "
    "a code is firm; from 0.67 it is fair and bears tentative conclusions (Krippendorff 2019); "
    "under that it is weak. Figures are from before differences were settled."
)


def frames(responses: Responses, tables: Mapping[str, Table] | None = None) -> tuple[Listing, ...]:
    """Give each coding frame with the reliability of every code, in the order of the questions.

    Where the published tables hide how many wrote or were coded, no number of texts is said.
    """
    asked = {question.key: question.text for question in responses.codebook.questions}
    threshold = responses.manifest.rules.small_counts
    return tuple(
        _frame(
            coded,
            asked,
            threshold,
            counted=all(says_how_many(each) for each in _about(coded, responses, tables or {})),
            first=place == 0,
        )
        for place, coded in enumerate(responses.codings)
    )


def _about(
    coded: CodedQuestion, responses: Responses, tables: Mapping[str, Table]
) -> tuple[Table, ...]:
    """Give the tables of the question, and of its codes."""
    names = [each.name for each in responses.codebook.of_question(coded.question)]
    return tuple(
        each for each in tables.values() if each.variable in names or each.coded_from in names
    )


def _frame(
    coded: CodedQuestion, asked: Mapping[str, str], threshold: int, *, counted: bool, first: bool
) -> Listing:
    """Give one frame; how to read the figures stands once, before the first."""
    found = {each.code: each for each in coded.reliability.codes}
    rows = tuple(
        (
            code.name,
            code.description or NO_FIGURE,
            *_figures(found.get(code.key), threshold, counted=counted),
        )
        for code in coded.codes
    )
    return Listing(
        key=f"coding.{coded.question}",
        title=asked[coded.question],
        before=(HOW_TO_READ,) if first else (),
        heading=HEADING,
        rows=rows,
        after=(_how_much(coded, threshold) if counted else NOT_SAID,),
    )


def _how_much(coded: CodedQuestion, threshold: int) -> str:
    """Say how much was coded, how much twice, and how much is settled; small numbers as such."""

    def say(count: int) -> str:
        return number(count) if count == 0 or count >= threshold else f"fewer than {threshold}"

    counts, reliability = coded.counts, coded.reliability
    return (
        f"{say(counts.texts)} different texts of {say(counts.responses)} respondents: "
        f"{say(counts.coded)} coded, {say(counts.settled)} settled. Copies of a text are coded "
        f"once. {reliability.second_share}% were meant to be coded by a second person; "
        f"{say(reliability.double_coded)} were."
    )


def _figures(found: CodeReliability | None, threshold: int, *, counted: bool) -> tuple[str, ...]:
    if found is None or found.n < max(threshold, 1):
        return ("too few texts", *[NO_FIGURE] * 4)
    same = NO_FIGURE if found.agreed is None else f"{100 * found.agreed:.0f}%"
    twice = number(found.n) if counted else HIDDEN
    figures = (_two_places(found.alpha), _two_places(found.kappa))
    return (in_words(found), twice, same, *figures)


def in_words(found: CodeReliability) -> str:
    """Say what an alpha means as it is printed, or why there is none."""
    if found.agreed is None:
        return "too few texts"
    if found.alpha is None:
        return "nothing to compare: both gave it to none, or to all"
    alpha = round(found.alpha, 2)
    return "firm" if alpha >= FIRM else "fair" if alpha >= FAIR else "weak"


def _two_places(value: float | None) -> str:
    return NO_FIGURE if value is None else f"{value:.2f}"


def read_themes(table: Table) -> tuple[str, ...]:
    """Say which code each group's answers were given most often; a tie at the top is not broken.

    No group is named with fewer coded answers than the minimum, or with a hidden count.
    """
    rows = [row for row in table.rows if row.substantive]
    leading: dict[str, list[str]] = {}
    for column in columns_of(table, everybody=False):
        cells = [row.cells[column.place] for row in rows]
        base = column.base.shown("answered") or 0
        counts = [cell.count for cell in cells if cell.count is not None]
        if base < MINIMUM or len(counts) < len(cells) or not counts or not max(counts):
            continue
        if counts.count(max(counts)) > 1:
            continue
        most = max(counts)
        figure = f"{in_text(column.heading)} ({per_cent(most, base)}, {number(most)} of {base})"
        leading.setdefault(rows[counts.index(most)].label, []).append(figure)
    return tuple(
        f"The code given most often to answers of {listed(groups)}: “{label}”."
        for label, groups in leading.items()
    )
