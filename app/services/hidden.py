"""Counts too small to show while people still answer: hidden, and not found by subtraction either.

The published tables have rules of their own, in the analysis. Here are only counts of how many
began, sent or stopped. Nobody (0) is always a number that may be shown: a silence must be seen.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeVar

Count = int | None
Name = TypeVar("Name", bound=Hashable)
Sums = Sequence[Sequence[Name]]


def alone(number: int, threshold: int) -> Count:
    """A count that is part of no total: None from 1 up to the threshold."""
    return None if 0 < number < threshold else number


def line(numbers: Sequence[int], threshold: int) -> tuple[Count, ...]:
    """Counts whose total everybody sees: None where one is small or would give a small one away."""
    total = len(numbers)
    counts = dict(enumerate((*numbers, sum(numbers))))
    shown = parts(counts, [(total, *range(total))], threshold, never={total})
    return tuple(shown[place] for place in range(total))


def parts(
    counts: Mapping[Name, int],
    sums: Sums[Name],
    threshold: int,
    *,
    wanted: Mapping[Name, int] | None = None,
    never: frozenset[Name] | set[Name] = frozenset(),
) -> dict[Name, Count]:
    """Counts that add up to each other: None where one is small or would give a small one away.

    Parameters
    ----------
    counts
        Every count by its name.
    sums
        Names that belong together: the first is the sum of the others.
    threshold
        The smallest count that may be shown.
    wanted
        How much readers look for a count, 0 where nothing is said: what is wanted is hidden last.
    never
        Totals that everybody knows from elsewhere.

    Notes
    -----
    In every sum that hides something, two counts or more are hidden, and they come to the threshold
    or more together. Then the sums are solved, as a reader could, and more is hidden until no small
    count follows from what is shown.
    """
    small = {name for name, number in counts.items() if 0 < number < threshold} - never
    hidden = set(small)

    def next_of(names: Sequence[Name]) -> list[Name]:
        left = [each for each in names if each not in hidden and each not in never]
        return sorted(left, key=lambda each: _late(counts[each], (wanted or {}).get(each, 0)))

    while True:
        for names in sums:
            secret = [each for each in names if each in hidden]
            enough = len(secret) > 1 and sum(counts[each] for each in secret) >= threshold
            if secret and not enough and (left := next_of(names)):
                hidden.add(left[0])
                break
        else:
            found: set[Name] = set(solved(hidden, sums))
            given_away = small & found
            left = next_of([each for each in counts if _linked(each, given_away, sums)])
            left = left or next_of(list(counts))
            if not given_away or not left:
                return {name: None if name in hidden else counts[name] for name in counts}
            hidden.add(left[0])


def _late(number: int, wanted: int) -> tuple[bool, int, int]:
    """What is hidden first: nothing that is nobody, then what is wanted least, then the least."""
    return number == 0, wanted, number


def _linked(name: Name, others: set[Name], sums: Sums[Name]) -> bool:
    return any(name in names and others & set(names) for names in sums)


def solved(unknown: set[Name], sums: Sums[Name]) -> Iterator[Name]:
    """The unknown counts that follow from the known ones, by solving the sums exactly."""
    order = sorted(unknown, key=str)
    place = {name: number for number, name in enumerate(order)}
    rows = []
    for total, *others in sums:
        row = [Fraction(0)] * len(order)
        for name, sign in ((total, -1), *((each, 1) for each in others)):
            if name in place:
                row[place[name]] += sign
        rows.append(row)
    for row in _reduced(rows, len(order)):
        found = [number for number, factor in enumerate(row) if factor]
        if len(found) == 1:
            yield order[found[0]]


def _reduced(rows: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    """The equations in reduced row echelon form."""
    done = 0
    for column in range(width):
        pivot = next((each for each in range(done, len(rows)) if rows[each][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        lead = rows[done][column]
        rows[done] = [each / lead for each in rows[done]]
        for other, row in enumerate(rows):
            if other != done and (factor := row[column]):
                rows[other] = [a - factor * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    return rows[:done]
