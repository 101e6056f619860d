"""One summary a measure: what is counted of a variable, in each column of a table.

A summary gives lines of counts and values, and says who answered and who gave a view. It knows
nothing of percentages: `analysis.crosstabs` puts the bases under them. Longer than most files
because the nine measures are a closed list and read best side by side.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.responses import CODED, Codes, Mask, Responses
from analysis.tables import RowKind
from forms.codebook import Category, Measure, Variable

Counts = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """How respondents are parted into the columns of a table; the last column is everybody.

    `codes` has one entry a response: the position of its column, -1 for those who are in no column
    of their own and so in "All" only.
    """

    keys: tuple[str, ...]
    headings: tuple[str, ...]
    codes: Codes

    @property
    def width(self) -> int:
        """The number of columns, the last one too."""
        return len(self.keys)

    @cached_property
    def places(self) -> Codes:
        """The codes, moved up by one so that they can be counted: 0 is in no column."""
        return self.codes + 1

    @cached_property
    def sizes(self) -> Counts:
        """How many are in each column."""
        return self.with_all(np.bincount(self.places, minlength=self.width))

    def count(self, mask: Mask) -> Counts:
        """Count in each column those where the mask is true."""
        if mask.all():
            return self.sizes.copy()
        return self.with_all(np.bincount(self.places[mask], minlength=self.width))

    def with_all(self, counted: npt.NDArray[np.integer]) -> Counts:
        """Turn counts of (none, first, second, …) into (first, second, …, all)."""
        return np.append(counted[1:], counted.sum()).astype(np.int64)

    def each(self) -> tuple[Mask, ...]:
        """Give a mask a column, the last of everybody."""
        own = tuple(self.codes == code for code in range(self.width - 1))
        return (*own, np.ones(len(self.codes), dtype=np.bool_))


@dataclass(frozen=True)
class Line:
    """One line of a summary: counts by column and, where it is no count, values by column."""

    key: str
    label: str
    counts: Counts
    values: Figures | None = None
    substantive: bool = True
    kind: RowKind = "count"
    category: str = ""
    part: str = ""


@dataclass(frozen=True)
class Summary:
    """What is counted of one variable."""

    lines: tuple[Line, ...]
    answered: Counts
    with_a_view: Counts


Summarise = Callable[[Responses, Variable, Columns, Mask], Summary]


def summarise(responses: Responses, variable: Variable, columns: Columns) -> Summary:
    """Count a variable as its measure says, among those who were asked.

    Parameters
    ----------
    responses, variable
        The answers, and the variable of their codebook.
    columns
        How respondents are parted.

    Returns
    -------
    Summary
        Lines in the order of the codebook: views first, then "don't know" and its kin. A variable
        that this export leaves out (identifying) gives a summary without answers.
    """
    asked = responses.was_asked(variable.name)
    if any(column not in responses.frame.columns for column in variable.columns):
        nobody = columns.count(np.zeros(len(responses), dtype=np.bool_))
        return Summary((), nobody, nobody)
    return BY_MEASURE[variable.measure](responses, variable, columns, asked)


def one_of_several(
    responses: Responses, variable: Variable, columns: Columns, asked: Mask
) -> Summary:
    """Count a nominal or ordinal variable: every respondent in one category at most."""
    width, categories = columns.width, len(variable.categories)
    joint = responses.codes(variable.name)
    if not asked.all():
        joint[~asked] = -1
    # In place: at a million responses, making arrays takes longer than counting.
    joint += 1
    joint *= width
    joint += columns.places
    joint = np.bincount(joint, minlength=(categories + 1) * width).reshape(categories + 1, width)
    lines = tuple(
        Line(
            key=category.key,
            label=category.label,
            counts=columns.with_all(joint[place]),
            substantive=category.substantive,
            category=category.key,
        )
        for place, category in enumerate(variable.categories, start=1)
    )
    viewed = [place for place, each in enumerate(variable.categories, 1) if each.substantive]
    return Summary(
        lines=views_first(lines),
        answered=columns.with_all(joint[1:].sum(axis=0)),
        with_a_view=columns.with_all(joint[viewed].sum(axis=0)),
    )


def several(responses: Responses, variable: Variable, columns: Columns, asked: Mask) -> Summary:
    """Count choices of many: whoever chose at least one thing answered."""
    chosen = {
        category.key: responses.frame[f"{variable.name}.{category.key}"].to_numpy(
            dtype=np.bool_, na_value=False
        )
        & asked
        for category in variable.categories
    }
    lines = tuple(
        Line(
            key=category.key,
            label=category.label,
            counts=columns.count(chosen[category.key]),
            substantive=category.substantive,
            category=category.key,
        )
        for category in variable.categories
    )
    return Summary(
        lines=views_first(lines),
        answered=columns.count(any_of(chosen, variable.categories, asked)),
        with_a_view=columns.count(any_of(chosen, variable.substantive, asked)),
    )


def ranking(responses: Responses, variable: Variable, columns: Columns, asked: Mask) -> Summary:
    """Count who ranked each item at all and who ranked it first, and give its mean rank.

    The mean rank is over those who ranked the item, so it is read beside how many those are.
    """
    ranks = figures_by_category(responses, variable, asked)
    given = {key: ~np.isnan(values) for key, values in ranks.items()}
    lines: list[Line] = []
    for part, words in (
        ("placed", "ranked"),
        ("first", "ranked first"),
        ("mean_rank", "mean rank"),
    ):
        for item in variable.substantive:
            values = ranks[item.key]
            mask = values == 1 if part == "first" else given[item.key]
            lines.append(
                Line(
                    key=f"{item.key}.{part}",
                    label=f"{item.label}: {words}",
                    counts=columns.count(mask),
                    values=means(values, columns) if part == "mean_rank" else None,
                    kind="mean" if part == "mean_rank" else "count",
                    category=item.key,
                    part=part,
                )
            )
    return Summary(
        lines=(*lines, *ways_out(variable, given, columns)),
        answered=columns.count(any_of(given, variable.categories, asked)),
        with_a_view=columns.count(any_of(given, variable.substantive, asked)),
    )


def points(responses: Responses, variable: Variable, columns: Columns, asked: Mask) -> Summary:
    """Give the mean and the median share of each item, and how many gave it nothing.

    Shares add up to the total, so items are never treated as independent of each other: no test
    is made of one item alone (Aitchison, The Statistical Analysis of Compositional Data, 1986).
    """
    shares = figures_by_category(responses, variable, asked)
    given = {key: ~np.isnan(values) for key, values in shares.items()}
    shared = any_of(given, variable.substantive, asked)
    lines: list[Line] = []
    for part, words in (("mean", "mean"), ("median", "median"), ("zero", "given nothing")):
        for item in variable.substantive:
            # Someone who shared out the total and left an item empty gave it nothing.
            values = np.where(shared & ~given[item.key], 0.0, shares[item.key])
            lines.append(
                Line(
                    key=f"{item.key}.{part}",
                    label=f"{item.label}: {words}",
                    counts=columns.count((values == 0) & shared if part == "zero" else shared),
                    values={"mean": means, "median": medians}[part](values, columns)
                    if part != "zero"
                    else None,
                    kind="count" if part == "zero" else "mean",
                    category=item.key,
                    part=part,
                )
            )
    return Summary(
        lines=(*lines, *ways_out(variable, given, columns)),
        answered=columns.count(any_of(given, variable.categories, asked)),
        with_a_view=columns.count(shared),
    )


def number(responses: Responses, variable: Variable, columns: Columns, asked: Mask) -> Summary:
    """Give the mean, the median and the quartiles of a figure.

    No smallest and no largest: each is one respondent's own figure.
    """
    values = np.where(asked, responses.frame[variable.name].to_numpy(dtype=np.float64), np.nan)
    given = {
        category.key: responses.frame[f"{variable.name}.{category.key}"].notna().to_numpy() & asked
        for category in variable.not_substantive
    }
    figure = ~np.isnan(values)
    statistics = (
        ("mean", "Mean", means(values, columns)),
        ("lower_quartile", "Lower quartile", quantiles(values, columns, 0.25)),
        ("median", "Median", medians(values, columns)),
        ("upper_quartile", "Upper quartile", quantiles(values, columns, 0.75)),
    )
    lines = [
        Line(
            key=f"figure.{part}",
            label=label,
            counts=columns.count(figure),
            values=each,
            kind="mean",
            category="figure",
            part=part,
        )
        for part, label, each in statistics
    ]
    answered = figure | any_of(given, variable.not_substantive, asked)
    return Summary(
        lines=(*lines, *ways_out(variable, given, columns)),
        answered=columns.count(answered),
        with_a_view=columns.count(figure),
    )


def jurisdiction(
    responses: Responses, variable: Variable, columns: Columns, asked: Mask
) -> Summary:
    """Count every jurisdiction that was named, the most frequent first, then by code."""
    cells = responses.frame[variable.name].where(asked)
    answered = cells.notna().to_numpy() & (cells.fillna("").str.strip() != "").to_numpy()
    place = pd.Series(np.arange(len(cells)))[answered]
    named = pd.DataFrame({"place": place, "code": cells[answered].str.split().to_numpy()})
    named = named.explode("code").drop_duplicates()
    counts = {
        str(code): columns.with_all(
            np.bincount(columns.codes[rows.to_numpy(dtype=np.int64)] + 1, minlength=columns.width)
        )
        for code, rows in named.groupby("code")["place"]
    }
    labels = {category.key: category.label for category in variable.categories}
    lines = tuple(
        Line(key=code, label=labels.get(code, place_name(code)), counts=counts[code], category=code)
        for code in sorted(counts, key=lambda each: (-counts[each][-1], each))
    )
    both = columns.count(answered)
    return Summary(lines=lines, answered=both, with_a_view=both)


def written(responses: Responses, variable: Variable, columns: Columns, asked: Mask) -> Summary:
    """Count who wrote something, and give the median number of words."""
    texts = responses.frame[variable.name].fillna("").astype("str").str.strip()
    wrote = (texts != "").to_numpy() & asked
    lengths = np.array([len(text.split()) for text in texts], dtype=np.float64)
    words = np.where(wrote, lengths, np.nan)
    counts = columns.count(wrote)
    lines = (
        Line(key="wrote", label="Wrote something", counts=counts, category="wrote"),
        Line(
            key="wrote.words",
            label="Words, median",
            counts=counts,
            values=medians(words, columns),
            kind="mean",
            category="wrote",
            part="words",
        ),
    )
    return Summary(lines=lines, answered=counts, with_a_view=counts)


def references(responses: Responses, variable: Variable, columns: Columns, asked: Mask) -> Summary:
    """Count who gave at least one reference."""
    cells = responses.frame[variable.name].fillna("").astype("str")
    counts = columns.count(((cells != "") & (cells != "[]")).to_numpy() & asked)
    line = Line(key="gave", label="Gave at least one reference", counts=counts, category="gave")
    return Summary(lines=(line,), answered=counts, with_a_view=counts)


BY_MEASURE: Mapping[Measure, Summarise] = {
    **dict.fromkeys(CODED, one_of_several),
    Measure.SEVERAL: several,
    Measure.RANKING: ranking,
    Measure.POINTS: points,
    Measure.NUMBER: number,
    Measure.JURISDICTION: jurisdiction,
    Measure.TEXT: written,
    Measure.REFERENCES: references,
}


def views_first(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Put "don't know" and its kin below the views, each in the order of the codebook."""
    return (
        *(line for line in lines if line.substantive),
        *(line for line in lines if not line.substantive),
    )


def ways_out(variable: Variable, given: Mapping[str, Mask], columns: Columns) -> tuple[Line, ...]:
    """Count "don't know" and its kin."""
    return tuple(
        Line(
            key=category.key,
            label=category.label,
            counts=columns.count(given[category.key]),
            substantive=False,
            category=category.key,
        )
        for category in variable.not_substantive
    )


def any_of(masks: Mapping[str, Mask], categories: tuple[Category, ...], like: Mask) -> Mask:
    """Say who is in at least one of these categories."""
    found = np.zeros(len(like), dtype=np.bool_)
    for category in categories:
        found |= masks[category.key]
    return found


def figures_by_category(
    responses: Responses, variable: Variable, asked: Mask
) -> dict[str, Figures]:
    """Give ranks or shares by category, not-a-number where there is none."""
    return {
        category.key: np.where(
            asked,
            responses.frame[f"{variable.name}.{category.key}"].to_numpy(
                dtype=np.float64, na_value=np.nan
            ),
            np.nan,
        )
        for category in variable.categories
    }


def means(values: Figures, columns: Columns) -> Figures:
    """Give the mean in each column, not-a-number where nobody answered."""
    return in_each(values, columns, lambda some: float(np.mean(some)))


def medians(values: Figures, columns: Columns) -> Figures:
    """Give the median in each column."""
    return quantiles(values, columns, 0.5)


def quantiles(values: Figures, columns: Columns, fraction: float) -> Figures:
    """Give a quantile in each column, in proportion between neighbours (Hyndman, Fan, type 7)."""
    return in_each(values, columns, lambda some: float(np.quantile(some, fraction)))


def in_each(values: Figures, columns: Columns, statistic: Callable[[Figures], float]) -> Figures:
    """Give a statistic of those who answered in each column."""
    known = ~np.isnan(values)
    found = []
    for mask in columns.each():
        some = values[mask & known]
        found.append(statistic(some) if some.size else np.nan)
    return np.array(found, dtype=np.float64)


def place_name(code: str) -> str:
    """Give the English name of a country or of its part, or the code where it has none."""
    import pycountry

    known: Any = pycountry
    place = known.countries.get(alpha_2=code) or known.subdivisions.get(code=code)
    return code if place is None else str(getattr(place, "common_name", place.name))
