"""Sentences that the figures justify, made by rules and by nothing else.

The rules, each held by a test: no "most" at half or under; no group is named whose views are under
the minimum or whose figures are hidden; a share is always given with what it is out of; a per cent
never rounds to the wrong side of a half, of nothing or of everybody; nothing is said of a public at
large, only of those who answered.
"""

from collections.abc import Iterable

from analysis.glance import Glance, GlanceLine
from analysis.positions import Position, Share, Standing, firmness

LARGE_MAJORITY = 75
NEARLY_ALL = 90
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def per_cent(part: int, whole: int) -> str:
    """Write a share to the whole per cent, or finer where that would say something untrue.

    Parameters
    ----------
    part, whole
        Counts, `whole` over 0.

    Examples
    --------
    >>> per_cent(2, 3), per_cent(503, 1000), per_cent(999, 1000), per_cent(1, 1000)
    ('67%', '50.3%', 'over 99%', 'under 1%')
    """
    percent = 100 * part / whole
    rounded = round(percent)
    if rounded == 100 and part < whole:
        return "over 99%"
    if rounded == 0 and part > 0:
        return "under 1%"
    if rounded == 50 and part * 2 != whole:
        finer = f"{percent:.1f}"
        return (
            f"{'just over' if part * 2 > whole else 'just under'} 50%"
            if finer == "50.0"
            else (f"{finer}%")
        )
    return f"{rounded}%"


def how_many(percent: float) -> str:
    """Say a share in words: never "most" at half or under, never "all".

    Examples
    --------
    >>> how_many(95), how_many(75), how_many(50.1), how_many(50), how_many(20)
    ('nearly all', 'a large majority', 'most', 'half', 'a minority')
    """
    if percent >= NEARLY_ALL:
        return "nearly all"
    if percent >= LARGE_MAJORITY:
        return "a large majority"
    if percent > 50:
        return "most"
    return "half" if percent == 50 else "a minority"


def figure(position: Position, share: Share) -> str:
    """Give a group's share with what it is out of: "Industry (62%, 40 of 65)"."""
    least = "at least " if share.at_least else ""
    out_of = f"{share.count} of {position.views}"
    return f"{position.label} ({least}{per_cent(share.count, position.views)}, {out_of})"


def say(standing: Standing) -> str:
    """Say where the groups stand on one variable, in one or two sentences.

    Returns
    -------
    str
        Ends with a full stop. Only groups with enough views are in it; shares are of those who
        gave a view.
    """
    if standing.verdict == "too_few":
        return "Too few gave a view, in too few groups, to compare them."
    if standing.verdict == "common_ground":
        return common_ground(standing)
    if standing.verdict == "split":
        return split(standing)
    return mixed(standing)


def common_ground(standing: Standing) -> str:
    """Say what the groups share; the weakest group decides on the word."""
    held = [(each, share_of(each, standing.shared)) for each in standing.named]
    least = min(share.percent for _, share in held)
    word = how_many(least)
    figures = listed(figure(each, share) for each, share in held)
    groups = number_of_groups(standing)
    return f"{first_up(word)} in {groups} {chose(standing, held[0][1])}: {figures}."


def chose(standing: Standing, share: Share) -> str:
    """Say what people did who hold a position: chose an answer, or placed an item."""
    verb = "chose" if standing.first is None else "placed"
    return f"{verb} {share.label}{among(standing)}"


def among(standing: Standing) -> str:
    """Say among how many an item of a ranking was placed; nothing of other answers."""
    return "" if standing.first is None else f" among the first {number(standing.first)}"


def split(standing: Standing) -> str:
    """Say which group's majority chose what, and which has none."""
    parts = [
        f"{how_many(each.majority.percent)} in {figure(each, each.majority)} "
        f"{chose(standing, each.majority)}"
        for each in standing.named
        if each.majority is not None
    ]
    words = f"{first_up('; '.join(parts))}."
    return f"{words}{without_majority(standing)}"


def mixed(standing: Standing) -> str:
    """Say that no position is shared, and who has a majority for something."""
    majorities = [each for each in standing.named if each.majority is not None]
    if not majorities:
        enough = "" if len(standing.named) == len(standing.positions) else " with enough answers"
        groups = f"the {number(len(standing.named))} groups{enough}"
        return f"{no_majority(standing)} in any of {groups}."
    return split(standing)


def without_majority(standing: Standing) -> str:
    """Name the groups in which nothing was chosen by more than half."""
    none = [each.label for each in standing.named if each.majority is None]
    return f" {no_majority(standing)} in {listed(none, 'or')}." if none else ""


def no_majority(standing: Standing) -> str:
    """Begin the sentence that nothing has a majority."""
    if standing.first is None:
        return "No answer was chosen by more than half"
    return f"Nothing was placed{among(standing)} by more than half"


def headline(glance: Glance) -> str:
    """Say in one sentence how many open questions are common ground, split, mixed or too thin."""
    total = len(glance.lines)
    if not total:
        return "This consultation has no open questions."
    counted = [
        (sum(line.verdict == verdict for line in glance.lines), words)
        for verdict, words in (
            ("common_ground", "the groups share a majority view"),
            ("split", "they split"),
            ("mixed", "there is neither a shared majority nor a clear split"),
            ("too_few", "it cannot be said, as too few answered or small counts are hidden"),
        )
    ]
    parts = [f"on {number(count)} {words}" for count, words in counted if count]
    subject = "the one open question" if total == 1 else f"the {number(total)} open questions"
    return f"Of {subject}, {listed(parts)}.{of_fewer_groups(glance)}"


def of_fewer_groups(glance: Glance) -> str:
    """Say on how many of the questions judged a group could not be judged."""
    judged = [line.lead for line in glance.lines if line.lead and line.verdict != "too_few"]
    some = sum(len(each.named) < len(each.positions) for each in judged)
    if not some:
        return ""
    every = number(len(judged[0].positions))
    return f" On {number(some)} of these, only some of the {every} groups could be judged."


def answer(glance: Glance, *, most: int = 3) -> tuple[str, ...]:
    """Give the sentences of the first page: headline, common ground, splits, and how to read them.

    Parameters
    ----------
    glance
        From `analysis.glance.glance`.
    most
        How many open questions to name of each kind: common ground by group-informed consensus,
        splits by size of effect.
    """
    sentences = [headline(glance)]
    held = [(line.lead, line) for line in glance.lines if line.verdict == "common_ground"]
    shared = [
        line for _, line in sorted(held, key=lambda pair: firmness(pair[0]) if pair[0] else ())
    ]
    parted = sorted(
        (line for line in glance.lines if line.verdict == "split"),
        key=lambda line: (-line.lead.difference.size if line.lead else 0, line.open_question.key),
    )
    sentences += [say_line(line, "Common ground") for line in shared[:most]]
    sentences += [say_line(line, "Split") for line in parted[:most]]
    return (*sentences, how_to_read(glance))


def how_to_read(glance: Glance) -> str:
    """Say what the shares are of, and of whom nothing is said."""
    return (
        "Shares are of those who answered and gave a view; groups with fewer than "
        f"{glance.minimum} views on a question are not named. Respondents chose themselves, so "
        "none of this measures the opinion of anybody who did not answer."
    )


def say_line(line: GlanceLine, kind: str) -> str:
    """Say where the groups stand on an open question."""
    if line.lead is None:
        return f"{line.open_question.key}: no closed question serves this open question."
    return f"{kind}, {line.open_question.key} ({line.lead.table.title}): {say(line.lead)}"


def share_of(position: Position, key: str | None) -> Share:
    """Give a group's share of one position."""
    return next(share for share in position.shares if share.key == key)


def number_of_groups(standing: Standing) -> str:
    """Say how many groups are meant: all of them, or those that may be named."""
    named, every = len(standing.named), len(standing.positions)
    if named == every:
        return "both groups" if named == 2 else f"all {number(named)} groups"
    return f"the {number(named)} groups with enough answers"


def number(count: int) -> str:
    """Write a small number in words, a larger one in figures."""
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def listed(parts: Iterable[str], word: str = "and") -> str:
    """Join parts as a sentence does: a, b and c."""
    every = list(parts)
    return every[0] if len(every) == 1 else f"{', '.join(every[:-1])} {word} {every[-1]}"


def first_up(words: str) -> str:
    """Begin with a capital, leaving the other letters."""
    return words[:1].upper() + words[1:]
