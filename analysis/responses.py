"""The responses that count: frames, who was asked what, and the codebook that explains both."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.coded import CodedQuestion
from forms.codebook import Category, Codebook, Measure, Variable
from forms.manifest import Manifest

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CODED = (Measure.NOMINAL, Measure.ORDINAL)


class ExportError(Exception):
    """An export folder that cannot be read. The message says what is wrong and what to do."""


class UnknownVariableError(ExportError):
    """The codebook has no variable of this name; the message gives the nearest."""


@dataclass(frozen=True)
class Responses:
    """The responses that count, with what is needed to count them.

    Attributes
    ----------
    frame
        One row a response, index `response_id`. Nominal and ordinal variables are categoricals in
        the order of the codebook; the other columns are as in `analysis/EXPORT.md`.
    asked
        Which question was put to whom: one Boolean column a question, the same index.
    codebook, manifest
        As in the folder.
    filters
        In words, whose answers these are; "" for everybody's.
    codings
        What people decided about the answers to open questions; empty where nothing was coded.
    """

    frame: pd.DataFrame
    asked: pd.DataFrame
    codebook: Codebook
    manifest: Manifest
    filters: str = ""
    codings: tuple[CodedQuestion, ...] = ()

    def __len__(self) -> int:
        """Give the number of responses."""
        return len(self.frame)

    @property
    def groups(self) -> tuple[Category, ...]:
        """The stakeholder groups, in their order."""
        return self.codebook.groups

    @cached_property
    def group_codes(self) -> Codes:
        """For each response the position of its group in `groups`, -1 where there is none."""
        return self.codes(self.codebook.roles.group)

    def variable(self, name: str) -> Variable:
        """Give a variable of the codebook.

        Raises
        ------
        UnknownVariableError
            Where there is none of this name; the message gives the nearest names.
        """
        try:
            return self.codebook.by_name[name]
        except KeyError:
            raise UnknownVariableError(no_such_variable(name, self.codebook.by_name)) from None

    def codes(self, name: str) -> Codes:
        """Give the answers to a nominal or ordinal variable as positions of its categories.

        Returns
        -------
        numpy.ndarray
            Shape (responses,): 0, 1, … in the order of the codebook, -1 where there is no answer.
            A fresh array each time.

        Raises
        ------
        UnknownVariableError
            Where the codebook has no such variable.
        ValueError
            Where it is neither nominal nor ordinal.
        """
        if self.variable(name).measure not in CODED:
            msg = f"{name} is not one answer out of several: it has no codes"
            raise ValueError(msg)
        codes: Codes = self.frame[name].cat.codes.to_numpy().astype(np.int64)
        return codes

    def was_asked(self, name: str) -> Mask:
        """Say for each response whether the question of this variable was asked.

        What the service itself noted (verified or declared, the channel) counts as asked of all.
        """
        question = self.variable(name).question
        if question not in self.asked.columns:
            return np.ones(len(self), dtype=np.bool_)
        return self.asked[question].to_numpy(dtype=np.bool_)

    def views(self, name: str) -> "pd.Series[Any]":
        """Give an ordinal or nominal variable without "don't know" and its kin.

        Returns
        -------
        pandas.Series
            A categorical of the substantive categories only; for an ordinal variable it is
            ordered, so that it may be compared and sorted. No view is missing.
        """
        variable = self.variable(name)
        kept = [category.key for category in variable.substantive]
        views = self.frame[name].cat.set_categories(kept)
        return views.cat.as_ordered() if variable.measure is Measure.ORDINAL else views

    def only(self, mask: Mask, words: str) -> "Responses":
        """Give the responses where the mask is true, said in these words."""
        return replace(
            self,
            frame=self.frame.loc[mask],
            asked=self.asked.loc[mask],
            filters=", ".join(part for part in (self.filters, words) if part),
        )


def no_such_variable(name: str, known: Iterable[str]) -> str:
    """Say that there is no variable of this name, and which are near."""
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    if near:
        return f"there is no variable {name}: did you mean {' or '.join(near)}?"
    return f"there is no variable {name}: `python -m analysis check EXPORT` lists them"
