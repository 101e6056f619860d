"""The first pages: the answer, how far to trust it, how to read it, and all questions at a glance.

Every sentence is made by a rule from published tables. What the rules are stands in
`analysis.glance` and `analysis.sentences`.
"""

from collections.abc import Iterable, Mapping, Sequence

from analysis.charts.wording import listed, number, percent
from analysis.glance import Glance, GlanceLine, Standing
from analysis.positions import firmness
from analysis.report.account import shares_of
from analysis.report.readings import ended, in_text
from analysis.responses import Responses
from analysis.sentences import headline, say
from analysis.tables import Table
from analysis.texts.campaigns import Campaigns
from forms.codebook import Codebook
from forms.manifest import Rules

NAMED_AT_MOST = 3
"""Open questions of each kind that the first page names; the rest stand on the glance page."""


def answer(
    responses: Responses,
    glance: Glance,
    standings: Mapping[str, Standing],
    tables: Mapping[str, Table],
) -> tuple[str, ...]:
    """Say in two paragraphs what came out, and from whom."""
    first = headline(glance) if glance.lines else question_headline(standings.values())
    noted = responses.manifest.accounting
    who = f"{number(noted.included)} responses are counted."
    profile = tables.get(responses.codebook.roles.group)
    words = shares_of(profile) if profile is not None else ""
    return first, f"{who} {words}".strip()


def question_headline(standings: Iterable[Standing]) -> str:
    """Say on how many questions the groups share a majority, where no open questions are named."""
    judged = [each for each in standings if each.verdict != "too_few"]
    shared = sum(each.verdict == "common_ground" for each in judged)
    parted = sum(each.verdict == "split" for each in judged)
    if not judged:
        return "Too few gave a view, in too few groups, to compare the groups."
    return (
        f"Of {number(len(judged))} questions on which the groups can be compared, they share a "
        f"majority view on {number(shared)} and split on {number(parted)}."
    )


def common(glance: Glance, codebook: Codebook) -> tuple[str, ...]:
    """Name the open questions with the firmest common ground."""
    held = [(line.lead, line) for line in glance.lines if line.verdict == "common_ground"]
    held.sort(key=lambda pair: firmness(pair[0]) if pair[0] is not None else (0.0, 0.0, ""))
    return _named([line for _, line in held], codebook)


def splits(glance: Glance, codebook: Codebook) -> tuple[str, ...]:
    """Name the open questions on which the groups lie furthest apart."""
    lines = [line for line in glance.lines if line.verdict == "split" and line.lead]
    lines.sort(key=lambda line: -line.lead.difference.size if line.lead else 0)
    return _named(lines, codebook)


def _named(lines: Sequence[GlanceLine], codebook: Codebook) -> tuple[str, ...]:
    said = [
        f"{line.open_question.key}. {subject(line, codebook)} {say(line.lead)}"
        for line in lines[:NAMED_AT_MOST]
        if line.lead is not None
    ]
    left = [line.open_question.key for line in lines[NAMED_AT_MOST:]]
    return (*said, *([f"Also: {listed(left)}."] if left else []))


def subject(line: GlanceLine, codebook: Codebook) -> str:
    """Say what was asked, shortly: of a row of a grid, the open question and the row."""
    if line.lead is None:
        return line.open_question.title
    row = codebook.by_name[line.lead.table.variable or ""].row
    if row is None:
        return ended(line.lead.table.title)
    return f"{ended(line.open_question.title)} “{row}”:"


def caution(
    responses: Responses, tables: Mapping[str, Table], campaigns: Campaigns
) -> tuple[str, ...]:
    """Say how far the figures may be trusted."""
    words = [
        (
            "Respondents chose themselves. The figures describe those who answered. They say "
            "nothing about the public, or about everybody in a group."
        )
    ]
    words += _outside(tables.get(responses.codebook.roles.group))
    words += _smallest(tables.get(responses.codebook.roles.group))
    words += _verified(tables.get(responses.codebook.roles.verified or ""))
    threshold = responses.manifest.rules.small_counts
    sizes = [len(each.responses) for each in campaigns.campaigns]
    large = [size for size in sizes if size >= threshold]
    if large:
        sets = "One set of respondents" if len(large) == 1 else f"{len(large)} sets of respondents"
        words.append(
            f"{sets} ({number(sum(large))} in all) sent the same texts to several questions. They "
            "are counted like everybody else."
        )
    return tuple(words)


def _outside(table: Table | None) -> list[str]:
    """Say how many belong to no group that is compared."""
    shown = [
        row.cells[-1].count or 0
        for row in (table.rows if table is not None else ())
        if not row.substantive and not row.cells[-1].hidden
    ]
    if not sum(shown):
        return []
    words = (
        "responses belong to none of the groups compared. They are in “All” and in columns of "
        "their own, and in no sentence on where the groups stand."
    )
    return [f"{number(sum(shown))} {words}"]


def _smallest(table: Table | None) -> list[str]:
    shown = [
        row
        for row in (table.rows if table is not None else ())
        if row.substantive and not row.cells[-1].hidden and row.cells[-1].count is not None
    ]
    if len(shown) < 2:
        return []
    least = min(shown, key=lambda row: (row.cells[-1].count or 0, row.key))
    count = number(least.cells[-1].count)
    return [f"The smallest group is {in_text(least.label)}, with {count} responses."]


def _verified(table: Table | None) -> list[str]:
    if table is None:
        return []
    for row in table.rows:
        if row.key == "verified" and not row.cells[-1].hidden and row.cells[-1].count is not None:
            if not row.cells[-1].count:
                return ["Nobody was invited: every group is as the respondent declared it."]
            share = percent(row.cells[-1].percent)
            words = (
                "answered by invitation, so that their group is verified; the others declared it."
            )
            return [f"{share} {words}"]
    return []


def asked_words(codebook: Codebook) -> tuple[str, ...]:
    """Say what was asked, and of whom."""
    topics = [each for each in codebook.sections if each.kind == "topic"]
    keys = {each.key for each in topics}
    own = [each for each in codebook.questions if each.section in keys]
    closed = sum(each.kind == "closed" for each in own)
    groups = listed([in_text(group.label) for group in codebook.groups if group.substantive])
    words = [
        (
            f"The groups compared are {groups}. On {number(len(topics))} topics the consultation "
            "asked "
            f"{number(closed)} closed questions, which are counted, and "
            f"{number(len(own) - closed)} open questions, answered in words."
        )
    ]
    every = {group.key for group in codebook.groups if group.substantive}
    some = sum(bool(each.groups) and not set(each.groups) >= every for each in own)
    if some:
        words.append(
            f"{number(some)} of these questions were put to some groups only; each says so. "
            "Annex E holds the whole questionnaire."
        )
    if codebook.open_questions:
        words.append(
            f"Each question serves one or more of {number(len(codebook.open_questions))} open "
            "questions, and this report is ordered by them."
        )
    return tuple(words)


def how_to_read(rules: Rules, glance: Glance) -> tuple[str, ...]:
    """Say what a reader needs to know to read the figures right."""
    return (
        "This is no sample. Respondents chose themselves, so there are no margins of error.",
        (
            "Every per cent has a base: how many it is out of. Unless a table says otherwise, that "
            "is everybody who answered the question, with those who said “don’t know” and the "
            "like. Majorities are counted among those who gave a view."
        ),
        (
            f"“Most” is said of more than half, “a large majority” from 75%, “nearly all” from "
            f"90%. No group is named with fewer than {glance.minimum} views."
        ),
        (
            "Common ground: the same answer, or the same side of a scale, has a majority in every "
            "group that can be judged; “2 of 3” says of how many. Split: two groups have opposite "
            "majorities. Mixed: neither."
        ),
        (
            f"Counts under {rules.small_counts} are hidden, and others with them, so that nobody’s "
            "answer can be worked out. “Hidden” is not nought: nothing is drawn for it."
        ),
        "Texts that many sent in the same words are counted, and said to be so.",
        (
            "Quotes come only from those who agreed to be published. They show what was said, not "
            "how many said it."
        ),
        "The groups are of different sizes, so “All” leans to the largest.",
    )
