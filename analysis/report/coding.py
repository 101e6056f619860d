"""The coding frames and how far coders agreed, for the annex; and what the codes say by group."""

from collections.abc import Mapping
from typing import Literal

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

HEADING = ("Code", "What it means", "Coded twice", "Same", "Krippendorff’s alpha", "Cohen’s kappa")
NO_FIGURE = "–"
HOW_TO_READ = (
    "Alpha and kappa say how far two coders agreed beyond chance, each blind to the other: 1 is "
    "full agreement, 0 what chance gives. From 0.8 a code is firm; from 0.667 it bears tentative "
    "conclusions (Krippendorff 2019). Figures are from before differences were settled."
)


def frames(responses: Responses, tables: Mapping[str, Table] | None = None) -> tuple[Listing, ...]:
    """Give each coding frame with the reliability of every code, in the order of the questions.

    Where the published tables hide how many wrote or were coded, no number of texts is said.
    """
    asked = {question.key: question.text for question in responses.codebook.questions}
    return tuple(
        _frame(
            coded,
            asked,
            responses.manifest.rules.small_counts,
            counted=all(says_how_many(each) for each in _about(coded, responses, tables or {})),
        )
        for coded in responses.codings
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
    coded: CodedQuestion, asked: Mapping[str, str], threshold: int, *, counted: bool
) -> Listing:
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
        before=(_how_much(coded, threshold) if counted else NOT_SAID,),
        heading=HEADING,
        rows=rows,
        after=(HOW_TO_READ,),
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


def _figures(
    found: CodeReliability | None, threshold: int, *, counted: bool
) -> tuple[str, str, str, str]:
    if found is None or found.n < max(threshold, 1):
        return ("too few", NO_FIGURE, NO_FIGURE, NO_FIGURE)
    same = NO_FIGURE if found.agreed is None else f"{100 * found.agreed:.0f}%"
    twice = number(found.n) if counted else HIDDEN
    return (twice, same, _beyond_chance(found, "alpha"), _beyond_chance(found, "kappa"))


def _beyond_chance(found: CodeReliability, which: Literal["alpha", "kappa"]) -> str:
    """Write a figure of agreement, or why there is none."""
    value = found.alpha if which == "alpha" else found.kappa
    return (found.reason or NO_FIGURE) if value is None else f"{value:.2f}"


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
