"""Responses one by one, for everybody to read: only those whose senders agreed, and none alone.

What leaves is decided in this order. Only responses that may be published, with or without a
name; names are in no record. No text, no reference, no date, no reference number, nothing that the
service noted. An answer that was marked confidential is blank. What an outsider may know of
somebody (the keys: group, capacity, kind of organisation, jurisdiction) is made coarser, then
withheld, until at least k records share it; a record that still stands alone is left out. Last,
the published tables minus these records are what those said who did not agree: where that would
be few, or of one mind, some answers are withheld from the records, and where that is not enough
the variable is left out. Longer than most modules: these steps are one promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.anonymity import k_anonymity, require_k_anonymity
from analysis.attack import attack
from analysis.crosstabs import EVERYBODY, by_group
from analysis.disclosure import NOTED_BY_THE_SERVICE, not_answers
from analysis.responses import CODED, Mask, Responses
from analysis.tables import Cell, Table
from forms.codebook import Category, Measure, Variable

PUBLISHABLE = ("with_name", "without_name")
WITHHELD = Category(
    key="withheld", label="Withheld, so that nobody stands alone", substantive=False
)
ELSEWHERE = "elsewhere"
UNFIT = (Measure.TEXT, Measure.REFERENCES)
PUBLISHED = "published records"


class NotAskedToPublishError(Exception):
    """Nobody was asked whether the response may be published."""


@dataclass(frozen=True)
class Records:
    """Records fit to be published.

    Attributes
    ----------
    frame
        One row a record, in an order that says nothing; columns as in `analysis/EXPORT.md`, keys
        as text. An answer that was not given, or not to be shown, is missing.
    variables
        What the columns hold.
    keys
        The columns that an outsider may know.
    k
        How many records share their keys at least; 0 where there are none.
    left_out
        In words, what was left out, and how many records or which variables.
    """

    frame: pd.DataFrame
    variables: tuple[Variable, ...]
    keys: tuple[str, ...]
    k: int
    left_out: tuple[tuple[str, str], ...]


def public_records(
    responses: Responses, tables: Sequence[Table], *, k: int = 5, threshold: int = 5
) -> Records:
    """Choose the records and variables that may be published beside these tables.

    Parameters
    ----------
    responses
        From `read_export`.
    tables
        All tables that are published, small counts hidden (`analysis.disclosure`).
    k
        How many records must share their keys, 2 or more.
    threshold
        The smallest count that may be shown.

    Raises
    ------
    NotAnonymousEnoughError
        Where fewer than k share their keys in spite of everything.
    NotAskedToPublishError
        Where the codebook says of nobody whether the response may be published.

    References
    ----------
    Sweeney (2002), k-anonymity; Hundepool and others (2024), Handbook on Statistical Disclosure
    Control, 2nd edition, chapter 3.
    """
    role = responses.codebook.roles.publication
    if role is None:
        msg = "nobody was asked whether the response may be published, so no record is"
        raise NotAskedToPublishError(msg)
    agreed = responses.frame[role].isin(PUBLISHABLE).to_numpy(dtype=np.bool_)
    chosen = without_confidential(responses.only(agreed, PUBLISHED))
    keys = key_variables(chosen)
    coarse = coarsen(chosen.frame, keys, k)
    kept = coarse["kept"].to_numpy(dtype=np.bool_)
    chosen = chosen.only(kept, "")
    variables = [each for each in chosen.codebook.variables if may_be_recorded(chosen, each)]
    chosen, exposing, thinned = guard_the_rest(chosen, variables, tables, threshold)
    variables = [each for each in variables if each.name not in exposing]
    frame = pd.DataFrame(
        {name: column_of(chosen, each, name) for each in variables for name in each.columns},
        index=chosen.frame.index,
    )
    names = [name for name in keys if name in frame.columns]
    frame[names] = coarse.loc[kept, names]
    found = require_k_anonymity(frame, k, names)
    left_out = (
        ("Responses that are counted but not to be published", str(int((~agreed).sum()))),
        ("Records too few of whom are alike", str(int((~kept).sum()))),
        ("Variables of which some answers are withheld for the same reason", ", ".join(thinned)),
        (
            "Variables that, with the tables, would show answers of those who did not agree",
            ", ".join(exposing),
        ),
    )
    return Records(
        frame=in_no_order(frame),
        variables=tuple(
            with_withheld(each, frame) if each.name in names else each for each in variables
        ),
        keys=tuple(names),
        k=found.k,
        left_out=tuple((words, what) for words, what in left_out if what not in ("", "0")),
    )


def key_variables(responses: Responses) -> tuple[str, ...]:
    """Give what an outsider may know of a respondent, what is withheld last first."""
    roles = responses.codebook.roles
    named = (roles.group, roles.capacity, *roles.subtype, roles.jurisdiction)
    return tuple(name for name in named if name is not None and name in responses.frame.columns)


def may_be_recorded(responses: Responses, variable: Variable) -> bool:
    """Whether a variable may stand in a public record at all."""
    roles = responses.codebook.roles
    return (
        variable.measure not in UNFIT
        and not variable.identifying
        and variable.section != NOTED_BY_THE_SERVICE
        and variable.name not in (roles.publication, roles.verified, roles.channel)
        and (variable.measure is not Measure.JURISDICTION or variable.name == roles.jurisdiction)
        and all(name in responses.frame.columns for name in variable.columns)
    )


def without_confidential(responses: Responses) -> Responses:
    """Blank the answers that were marked confidential, as if they had not been asked for."""
    frame, asked = responses.frame.copy(), responses.asked.copy()
    marked = frame["confidential"].fillna("").str.split()
    for question in sorted({each for keys in marked for each in keys}):
        mask = marked.map(lambda keys, question=question: question in keys).to_numpy(dtype=np.bool_)
        if question in asked.columns:
            asked.loc[mask, question] = False
        for variable in responses.codebook.of_question(question):
            for name in variable.columns:
                if name in frame.columns:
                    frame.loc[mask, name] = None
    return replace(responses, frame=frame, asked=asked)


def coarsen(frame: pd.DataFrame, keys: Sequence[str], k: int) -> pd.DataFrame:
    """Make keys coarser until at least k records share them.

    First a rare jurisdiction becomes "elsewhere". Then whoever is still among fewer than k has the
    last key withheld, then the one before, but never the first (the group).

    Returns
    -------
    pandas.DataFrame
        The keys as text, and `kept`: false for records that stay alone all the same.
    """
    coarse = frame[list(keys)].astype("object").astype("string").fillna("")
    for name in keys[1:]:
        sizes = coarse[name].map(coarse[name].value_counts())
        if frame[name].dtype.name != "category":
            coarse.loc[(sizes < k).to_numpy(dtype=np.bool_) & (coarse[name] != ""), name] = (
                ELSEWHERE
            )
    for name in reversed(keys[1:]):
        alone = np.array(k_anonymity(coarse, list(keys)).counts) < k
        coarse.loc[alone, name] = WITHHELD.key
    for name in reversed(keys[1:]):
        # Those withheld so far may still be few: they take the next smallest company with them.
        alone = np.array(k_anonymity(coarse, list(keys)).counts) < k
        groups = coarse[keys[0]].isin(coarse.loc[alone, keys[0]].unique())
        coarse.loc[groups.to_numpy(dtype=np.bool_), name] = WITHHELD.key
    coarse["kept"] = np.array(k_anonymity(coarse, list(keys)).counts) >= k
    return coarse


def guard_the_rest(
    chosen: Responses, variables: Sequence[Variable], tables: Sequence[Table], threshold: int
) -> tuple[Responses, tuple[str, ...], tuple[str, ...]]:
    """Keep the tables minus the records from showing the answers of those who did not agree.

    Where what is left of a group would be few, or of one mind, answers of records are withheld
    with them: of every answer as many as the threshold, so that what is left is never few.

    Returns
    -------
    tuple
        The responses with these answers blank; the variables that expose somebody all the same
        and must be left out; the variables of which answers were withheld.
    """
    exposing: list[str] = []
    thinned: list[str] = []
    by_name = {table.variable: table for table in tables if not table.filters}
    for variable in variables:
        whole = by_name.get(variable.name)
        if whole is None or variable.name == chosen.codebook.roles.group:
            continue
        columns = exposed_columns(chosen, variable, whole, threshold)
        if not columns:
            continue
        thinner = withhold(chosen, variable, columns, threshold)
        if exposed_columns(thinner, variable, whole, threshold):
            exposing.append(variable.name)
        else:
            chosen = thinner
            thinned.append(variable.name)
    return chosen, tuple(exposing), tuple(thinned)


def exposed_columns(
    chosen: Responses, variable: Variable, whole: Table, threshold: int
) -> tuple[str, ...]:
    """Find the groups in which a table minus the records leaves few, or all of one mind.

    Also those where the records tell a count closely that the table hides.
    """
    part = by_group(chosen, variable.name, base=whole.base)
    part = replace(part, key=f"{part.key} ({PUBLISHED})", filters=PUBLISHED)
    if tuple(row.key for row in part.rows) != tuple(row.key for row in whole.rows):
        part = matched(part, whole)
    never = not_answers(chosen.codebook)
    found = attack([whole, part], threshold, not_answers=never, agreed=[part.key])
    headings = {each.column for each in found.exposed}
    return tuple(
        key
        for key, heading in zip(whole.column_keys, whole.columns, strict=True)
        if heading in headings
    )


def withhold(
    chosen: Responses, variable: Variable, columns: Sequence[str], threshold: int
) -> Responses:
    """Blank some answers of some groups: of every answer, and of its absence, so many."""
    frame = chosen.frame.copy()
    group = frame[chosen.codebook.roles.group].astype("object")
    blank = np.zeros(len(frame), dtype=np.bool_)
    everybody = set(columns) <= {EVERYBODY[0]}
    answered = frame[list(variable.columns)].notna().any(axis=1).to_numpy(dtype=np.bool_)
    for key in group.dropna().unique():
        if everybody or key in columns:
            own = (group == key).to_numpy(dtype=np.bool_) & answered
            for said in answers_given(frame, variable):
                for mask in (own & said, own & ~said):
                    missing = threshold - int((mask & blank).sum())
                    blank[np.flatnonzero(mask & ~blank)[: max(0, missing)]] = True
    frame.loc[blank, list(variable.columns)] = None
    return replace(chosen, frame=frame)


def answers_given(frame: pd.DataFrame, variable: Variable) -> list[Mask]:
    """Give a mask for every answer that a table would count."""
    if variable.measure in CODED:
        column = frame[variable.name].astype("object")
        return [(column == each.key).to_numpy(dtype=np.bool_) for each in variable.categories]
    masks: list[Mask] = []
    for name in variable.columns:
        column = frame[name]
        if variable.measure is Measure.SEVERAL:
            masks.append(column.fillna(False).to_numpy(dtype=np.bool_))
            continue
        masks.append(column.notna().to_numpy(dtype=np.bool_))
        special = {Measure.RANKING: 1, Measure.POINTS: 0}.get(variable.measure)
        if special is not None:
            masks.append((column == special).fillna(False).to_numpy(dtype=np.bool_))
    return masks


def matched(part: Table, whole: Table) -> Table:
    """Give a part the rows of the whole, in its order; a row that it lacks counts nobody."""
    own = {row.key: row for row in part.rows}
    nobody = tuple(Cell(count=0, percent=None) for _ in whole.columns)
    return replace(
        part, rows=tuple(own.get(row.key, replace(row, cells=nobody)) for row in whole.rows)
    )


def column_of(responses: Responses, variable: Variable, name: str) -> "pd.Series[Any]":
    """Give a column as it is published: keys as text, figures as they are."""
    column = responses.frame[name]
    if variable.measure in CODED:
        return column.astype("object").astype("string")
    return column


def with_withheld(variable: Variable, frame: pd.DataFrame) -> Variable:
    """Add the category of what was withheld, where anything was."""
    if variable.measure not in CODED or not (frame[variable.name] == WITHHELD.key).any():
        return variable
    return variable.model_copy(update={"categories": (*variable.categories, WITHHELD)})


def in_no_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Order records by what they say, so that their order says nothing else."""
    text = frame.astype("object").astype("string").fillna("")
    order = (
        text.sort_values(list(text.columns), kind="stable").index
        if len(text.columns)
        else text.index
    )
    sorted_frame = frame.loc[order].reset_index(drop=True)
    sorted_frame.index = pd.RangeIndex(1, len(sorted_frame) + 1, name="record")
    return sorted_frame
