"""The annex on differences: every closed question compared, the size first, then the test."""

from collections.abc import Mapping, Sequence

from analysis.charts.wording import listed, number
from analysis.differences import COMPARED, Difference, differences
from analysis.positions import MINIMUM
from analysis.report.content import Listing
from analysis.tables import Table
from forms.codebook import AskedQuestion, Codebook

HEADING = (
    "Question",
    "Size of the difference",
    "Furthest apart",
    "Views compared",
    "Test",
    "p",
    "p (Holm)",
)
PAGES = ("topic", "closing")
NO_TEST = "–"


def compared(
    tables: Mapping[str, Table], codebook: Codebook, skipped: Sequence[str] = ()
) -> Listing | None:
    """Compare the groups on every closed question, from the published tables alone.

    Parameters
    ----------
    tables
        By key, small counts hidden. A group with a hidden cell is in no comparison of that table.
    codebook
        With the categories of these tables.
    skipped
        Questions and variables that are not about the subject, such as consent.

    Returns
    -------
    Listing or None
        The largest difference first. None where no question can be compared.
    """
    family = [tables[name] for name in _names(codebook, skipped) if name in tables]
    groups = [group.key for group in codebook.groups if group.substantive]
    found = differences(family, groups=groups, minimum=MINIMUM)
    if not found:
        return None
    asked = {each.key: each for each in codebook.questions}
    labels = {group.key: group.label for group in codebook.groups}
    titles = {name: _title(tables[name], codebook, asked) for name in {each.key for each in found}}
    return Listing(
        key="differences",
        title="Differences between the groups, the largest first",
        before=_what_it_means(found, len(family)),
        heading=HEADING,
        rows=tuple(_row(each, titles[each.key], labels) for each in found),
        after=(),
    )


def _names(codebook: Codebook, skipped: Sequence[str]) -> list[str]:
    """Name the closed variables to compare: all on the subject that two groups were asked."""
    kinds = {section.key: section.kind for section in codebook.sections}
    closed = {
        each.key for each in codebook.questions if each.kind == "closed" and len(each.groups) != 1
    } - set(skipped)
    return [
        each.name
        for each in codebook.variables
        if each.measure in COMPARED
        and each.question in closed
        and kinds.get(each.section) in PAGES
        and each.name not in skipped
        and not each.identifying
    ]


def _title(table: Table, codebook: Codebook, asked: Mapping[str, AskedQuestion]) -> str:
    question = asked[codebook.by_name[table.variable or ""].question]
    served = ", ".join(question.serves)
    return f"{served}: {table.title}" if served else table.title


def _row(found: Difference, title: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    kind = "Cliff’s delta" if found.effect.startswith("Cliff") else "Cramér’s V"
    option = f", “{found.option}”" if found.option else ""
    pair = found.pairs[0]
    return (
        title,
        f"{found.size:.2f} ({kind}{option})",
        listed([labels[pair.first], labels[pair.second]]) if found.size else "alike",
        number(found.n),
        found.test or "none",
        probability(found.p),
        probability(found.adjusted_p),
    )


def probability(p: float | None) -> str:
    """Write a probability to three places; what is less than that is said to be less."""
    if p is None:
        return NO_TEST
    return "under 0.001" if p < 0.001 else f"{p:.3f}"


def _what_it_means(found: Sequence[Difference], family: int) -> tuple[str, ...]:
    tested = sum(each.p is not None for each in found)
    withheld = family - len(found)
    words = [
        (
            "Read the size first: from 0 (alike) to 1 (wholly apart). For scales it is Cliff’s "
            "delta of the two groups furthest apart, for single choices Cramér’s V, for choices of "
            "many the largest Cramér’s V of one option, which is named."
        ),
        (
            "Respondents chose themselves, so no test carries a difference over to people who did "
            "not answer. A small p says only that so large a difference would seldom come about if "
            "the same answers had been dealt out to the groups by chance."
        ),
        (
            f"p (Holm) takes into account that {number(tested)} tests stand in this table: all "
            "closed questions on which groups can be compared. Choices of many are not tested, as "
            "their options depend on each other."
        ),
    ]
    if withheld:
        words.append(
            f"Withheld on {number(withheld)} of {number(family)}: fewer than two groups gave "
            f"{MINIMUM} views with nothing hidden. A group with a hidden count is not compared; of "
            "choices of many, the options are compared that are shown for every group."
        )
    return tuple(words)
