"""Trying to work hidden figures out of a report, as a reader with patience would.

For every hidden figure of all tables together a linear programme finds the smallest and the
largest value that still fits everything printed. What the reader knows beforehand is granted
generously: how the figures add up (`analysis.puzzle`), how many were asked, that a nought is
hidden only where its whole column is, and per cents and means as exactly as they are given.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.printed import means_lines, share_lines
from analysis.puzzle import Puzzle
from analysis.siege import Exposure, Siege
from analysis.tables import Table


class ExposureError(Exception):
    """Tables that give a hidden figure away. They are not written."""


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What an attack found.

    Attributes
    ----------
    exposed
        Figures that were found out. Empty where the tables may be published.
    narrowest
        The hidden figure with the narrowest interval; None where nothing is hidden.
    hidden
        How many hidden counts were attacked.
    programmes
        How many linear programmes were solved.
    """

    exposed: tuple[Exposure, ...]
    narrowest: Exposure | None
    hidden: int
    programmes: int

    @property
    def safe(self) -> bool:
        """Whether nothing was found."""
        return not self.exposed


def attack(
    tables: Sequence[Table],
    threshold: int = 5,
    *,
    not_answers: Iterable[str] = (),
    agreed: Iterable[str] = (),
) -> AttackResult:
    """Try to work out every hidden figure of a report from all its tables together.

    Parameters
    ----------
    tables
        As they would be published. A table with `filters` is taken as a part of the table of the
        same variable without; filters that together leave nobody out are taken as complements.
    threshold
        Counts from 1 to one less are small. The interval of a hidden count must hold at least this
        many whole numbers (or all that the number of people asked allows, where that is fewer).
    not_answers
        Variables whose rows may hold everybody of a group (the group itself, the channel).
    agreed
        Keys of tables that count only responses whose senders agreed to publish them. They may
        hold small counts; what they leave of the other tables may not.

    Returns
    -------
    AttackResult
        The figures found out (also small counts that are simply printed, and rows that hold all of
        a group), and the narrowest interval of a hidden one.

    Raises
    ------
    ContradictionError
        Where no figures fit what is printed.

    References
    ----------
    Hundepool and others (2024), Handbook on Statistical Disclosure Control, 2nd edition, chapter
    4 (feasibility intervals, the attacker's problem) and chapter 5 (group disclosure); Fischetti
    and Salazar (2001), Solving the cell suppression problem on tabular data with linear
    constraints, Management Science 47(7).
    """
    return attack_puzzle(Puzzle(tables, not_answers=not_answers, agreed=agreed), threshold)


def require_hidden(
    tables: Sequence[Table], threshold: int = 5, *, not_answers: Iterable[str] = ()
) -> AttackResult:
    """Attack the tables of a report, and refuse them where anything is found.

    Raises
    ------
    ExposureError
        Where a figure can be worked out; the message names table, row and column.
    """
    result = attack(tables, threshold, not_answers=not_answers)
    if not result.safe:
        some = "; ".join(str(each) for each in result.exposed[:5])
        msg = (
            f"{len(result.exposed)} figures that should stay hidden can be worked out, so nothing "
            f"was written: {some}"
        )
        raise ExposureError(msg)
    return result


def attack_puzzle(puzzle: Puzzle, threshold: int) -> AttackResult:
    """Attack a family of tables that is laid out already."""
    siege = Siege(puzzle, threshold, [*share_lines(puzzle), *means_lines(puzzle)])
    found = [*siege.printed(), *siege.values()]
    narrowest: Exposure | None = None
    for block in siege.blocks():
        found.extend(exposure for _, exposure in siege.attack_block(block))
        narrowest = siege.tightest(block, narrowest)
    return AttackResult(
        exposed=tuple(found),
        narrowest=narrowest,
        hidden=len(siege.targets),
        programmes=siege.programmes,
    )
