"""Parts of the respondents, as filters let them through, and how many of each said what.

A partition puts every respondent into one part: verified or declared, one country or another. What
no part of it names is a last part, “everybody else”, which no page shows but anybody can work out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from analysis.responses import Codes, Mask, Responses
from analysis.summaries import Columns, Counts, summarise

Cube = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Partition:
    """Respondents parted by one thing that pages can be filtered by.

    Attributes
    ----------
    name
        What it parts by.
    keys
        The parts that a page can show, the largest first.
    codes
        For each response the position of its part in `keys`; `len(keys)` is everybody else.
    """

    name: str
    keys: tuple[str, ...]
    codes: Codes

    @property
    def size(self) -> int:
        """The number of parts with everybody else."""
        return len(self.keys) + 1


def partition(name: str, masks: dict[str, Mask], count: int) -> Partition | None:
    """Part the respondents by masks; None where somebody is in two of them.

    Parameters
    ----------
    name
        What it parts by.
    masks
        Who is in each part.
    count
        The number of responses.
    """
    sizes = {key: int(mask.sum()) for key, mask in masks.items()}
    keys = tuple(sorted(masks, key=lambda key: (-sizes[key], key)))
    codes = np.full(count, len(keys), dtype=np.int64)
    for place, key in enumerate(keys):
        if (codes[masks[key]] != len(keys)).any():
            return None
        codes[masks[key]] = place
    return Partition(name, keys, codes)


@dataclass(frozen=True)
class OnlyCounts(Columns):
    """Columns of which nothing but counts is wanted: no means, no medians."""

    def each(self) -> tuple[Mask, ...]:
        """No mask at all, so that no statistic is worked out."""
        return ()


@dataclass(frozen=True)
class Counted:
    """How many of each part gave each answer, by group.

    The axes are one a partition, then (of `rows`) the lines of the table, then the groups and, at
    the end, those who are in no group. Lines that are no counts hold how many a mean is made from.
    """

    partitions: tuple[str, ...]
    rows: Cube
    answered: Cube
    with_a_view: Cube = field(repr=False)

    def kept(self, *names: str) -> "Counted":
        """Give the counts by some of the partitions only, in the order in which they are named."""
        gone = tuple(at for at, each in enumerate(self.partitions) if each not in names)
        left = [each for each in self.partitions if each in names]
        order = [left.index(each) for each in names]

        def few(cube: Cube) -> Cube:
            summed: Cube = cube.sum(axis=gone)
            rest = range(len(order), summed.ndim)
            return summed.transpose(*order, *rest)

        return Counted(names, few(self.rows), few(self.answered), few(self.with_a_view))


def count_parts(responses: Responses, name: str, partitions: Sequence[Partition]) -> Counted:
    """Count a variable in every part and group at once.

    Parameters
    ----------
    responses
        Everybody's.
    name
        A variable of the codebook, not of places, whose lines depend on who is counted.
    partitions
        What to part by, each with one entry a response.
    """
    groups = len(responses.groups)
    sizes = [each.size for each in partitions]
    codes = np.zeros(len(responses), dtype=np.int64)
    for each in partitions:
        codes = codes * each.size + each.codes
    own = responses.group_codes
    codes = codes * (groups + 1) + np.where(own < 0, groups, own)
    width = int(np.prod(sizes)) * (groups + 1)
    columns = OnlyCounts(("",) * (width + 1), ("",) * (width + 1), codes)
    found = summarise(responses, responses.variable(name), columns)

    def cube(counts: Counts) -> Cube:
        return counts[:-1].reshape(*sizes, groups + 1)

    lines = [cube(line.counts) for line in found.lines]
    rows = np.stack(lines, axis=-2) if lines else np.zeros((*sizes, 0, groups + 1), np.int64)
    return Counted(
        tuple(each.name for each in partitions),
        rows,
        cube(found.answered),
        cube(found.with_a_view),
    )
