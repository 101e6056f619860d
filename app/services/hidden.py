"""Counts too small to show while people still answer: hidden, and not found by subtraction either.

The published tables have rules of their own, in the analysis. Here are only counts of how many
began, sent or stopped. Nobody (0) is always a number that may be shown: a silence must be seen.
"""

from collections.abc import Sequence

Count = int | None


def alone(number: int, threshold: int) -> Count:
    """A count that is part of no total: None from 1 up to the threshold."""
    return None if 0 < number < threshold else number


def line(numbers: Sequence[int], threshold: int) -> tuple[Count, ...]:
    """Counts whose total everybody sees: None where one is small or would give a small one away."""
    hidden = [[0 < each < threshold for each in numbers]]
    cells = [(0, place) for place in range(len(numbers))]
    while _hide_one_more([numbers], hidden, cells, threshold):
        pass
    return _shown([numbers], hidden)[0]


def grid(numbers: Sequence[Sequence[int]], threshold: int) -> tuple[tuple[Count, ...], ...]:
    """Counts in rows and columns, with a column and a row of totals added at the end.

    In every row and column that hides something, two counts or more are hidden (the total may be
    one), and they come to the threshold or more together.
    """
    wide = [[*row, sum(row)] for row in numbers]
    full = [*wide, [sum(column) for column in zip(*wide, strict=True)]]
    hidden = [[0 < each < threshold for each in row] for row in full]
    across = [[(i, j) for j in range(len(row))] for i, row in enumerate(full)]
    down = [[(i, j) for i in range(len(full))] for j in range(len(full[0]))]
    while any(_hide_one_more(full, hidden, cells, threshold) for cells in (*across, *down)):
        pass
    return _shown(full, hidden)


def _hide_one_more(
    numbers: Sequence[Sequence[int]],
    hidden: list[list[bool]],
    cells: list[tuple[int, int]],
    threshold: int,
) -> bool:
    secret = [(i, j) for i, j in cells if hidden[i][j]]
    enough = len(secret) > 1 and sum(numbers[i][j] for i, j in secret) >= threshold
    left = [(numbers[i][j] == 0, numbers[i][j], i, j) for i, j in cells if not hidden[i][j]]
    if not secret or enough or not left:
        return False
    _, _, i, j = min(left)
    hidden[i][j] = True
    return True


def _shown(
    numbers: Sequence[Sequence[int]], hidden: Sequence[Sequence[bool]]
) -> tuple[tuple[Count, ...], ...]:
    return tuple(
        tuple(None if secret else each for each, secret in zip(row, secrets, strict=True))
        for row, secrets in zip(numbers, hidden, strict=True)
    )
