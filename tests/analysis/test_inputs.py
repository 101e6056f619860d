import math

import numpy as np
import pandas as pd
import pytest

from analysis.inputs import (
    answered,
    count_table,
    frequencies,
    is_missing,
    labels,
    matrix,
    named_groups,
    numbers,
    pairs,
)

ORDER = pd.CategoricalDtype(["low", "middle", "high"], ordered=True)


@pytest.mark.parametrize("value", [None, math.nan, np.float64("nan"), pd.NA, pd.NaT])
def test_every_kind_of_blank_is_missing(value):
    assert is_missing(value) is True


@pytest.mark.parametrize("value", [0, "", False, "nan", (), np.float64(0)])
def test_a_zero_or_a_word_is_an_answer(value):
    assert is_missing(value) is False


@pytest.mark.parametrize(
    "values",
    [
        [1, None, 3],
        (1, math.nan, 3),
        np.array([1.0, np.nan, 3.0]),
        pd.Series([1, None, 3], dtype="Int64"),
        pd.Series([1, pd.NA, 3], dtype=object),
    ],
)
def test_numbers_come_out_the_same_from_every_container(values):
    np.testing.assert_equal(numbers(values), [1.0, math.nan, 3.0])


def test_an_ordered_categorical_is_read_as_its_positions():
    series = pd.Series(["high", None, "low"], dtype=ORDER)
    assert answered(series).tolist() == [2.0, 0.0]
    assert answered(pd.Categorical(["high", None, "low"], dtype=ORDER)).tolist() == [2.0, 0.0]
    np.testing.assert_equal(matrix(pd.DataFrame({"q": series})), [[2.0], [math.nan], [0.0]])


def test_an_unordered_categorical_of_numbers_keeps_its_numbers():
    assert numbers(pd.Series([10, 30], dtype="category")).tolist() == [10.0, 30.0]


def test_words_where_numbers_are_needed_are_an_error_that_says_so():
    with pytest.raises(ValueError, match="'agree' is not a number: give the position"):
        numbers([1, "agree"])


def test_an_infinite_value_is_an_error():
    with pytest.raises(ValueError, match="infinite"):
        numbers([1, math.inf])


def test_pairs_drop_those_with_one_missing():
    x, y = pairs([1, None, 3, 4], [5, 6, None, 8])
    assert (x.tolist(), y.tolist()) == ([1.0, 4.0], [5.0, 8.0])


def test_pairs_of_different_lengths_are_an_error():
    with pytest.raises(ValueError, match="x has 2 values and y has 1"):
        pairs([1, 2], [1])


def test_counts_of_a_scale_keep_empty_categories_and_the_order_of_a_mapping():
    assert frequencies({"no": 0, "maybe": 3, "yes": 0}).tolist() == [0.0, 3.0, 0.0]


@pytest.mark.parametrize("counts", [[], [5], [1, -1], [1, None]])
def test_counts_that_are_no_scale_are_an_error(counts):
    with pytest.raises(ValueError, match="give"):
        frequencies(counts)


@pytest.mark.parametrize("table", [[[1, 2], [3]], [[1, -2]], [[0.5, 2]], [[None, 1]]])
def test_a_table_that_is_not_of_counts_is_an_error(table):
    with pytest.raises(ValueError, match="give"):
        count_table(table)


def test_a_table_may_be_a_frame():
    assert count_table(pd.DataFrame({"a": [1, 2], "b": [3, 4]})).tolist() == [[1, 3], [2, 4]]


def test_labels_are_kept_as_they_are_but_for_blanks():
    frame = pd.DataFrame({"a": ["x", None], "b": [1, math.nan]}, dtype=object)
    assert labels(frame).tolist() == [["x", 1], [None, None]]


def test_groups_are_named_by_a_mapping_or_a_frame_and_numbered_in_a_list():
    frame = pd.DataFrame({"a": [1.0, None], "b": [2.0, 3.0]})
    for groups in ({"a": [1, None], "b": [2, 3]}, frame):
        named = named_groups(groups)
        assert [(name, values.tolist()) for name, values in named] == [("a", [1]), ("b", [2, 3])]
    assert [name for name, _ in named_groups([[1], [2]])] == [1, 2]


def test_nothing_that_is_given_is_changed():
    given = np.array([[1.0, 2.0], [3.0, 4.0]])
    matrix(given)[0, 0] = 9
    count_table(given)[0, 0] = 9
    assert given.tolist() == [[1.0, 2.0], [3.0, 4.0]]
