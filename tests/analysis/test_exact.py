from itertools import product
from math import comb, factorial, prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.exact import TooManyTablesError, exact_p

WORK = 10_000_000

# Agresti (2002), Table 2.8: job satisfaction by income. R's fisher.test prints p-value = 0.7827.
JOB = [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]
# The sixth example of Mehta & Patel (1986); R's help for fisher.test gives 0.03929.
MEHTA_PATEL = [
    [1, 2, 2, 1, 1, 0, 1],
    [2, 0, 0, 2, 3, 0, 0],
    [0, 1, 1, 1, 2, 7, 3],
    [1, 1, 2, 0, 0, 0, 1],
    [0, 1, 1, 1, 1, 0, 0],
]


@pytest.mark.parametrize(("table", "p"), [(JOB, 0.7827), (MEHTA_PATEL, 0.03929)])
def test_published_exact_probabilities(table, p):
    assert exact_p(np.array(table), WORK) == pytest.approx(p, abs=5e-5 if p > 0.1 else 5e-6)


def by_listing(table):
    """List every table with the same margins, with whole-number weights: nothing is rounded."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    top = factorial(int(table.sum()))

    def weight(cells):
        return top // prod(factorial(int(cell)) for cell in cells) if cells else top

    every, as_unlikely = 0, 0
    free = [range(int(rows[i]) + 1) for i in range(len(rows) - 1) for _ in columns[1:]]
    observed = weight(table.ravel().tolist())
    for values in product(*free):
        inner = np.array(values).reshape(len(rows) - 1, len(columns) - 1)
        upper = np.column_stack([rows[:-1] - inner.sum(axis=1), inner])
        full = np.vstack([upper, columns - upper.sum(axis=0)])
        if (full < 0).any():
            continue
        mass = weight(full.ravel().tolist())
        every += mass
        as_unlikely += mass if mass <= observed else 0
    return as_unlikely / every


TABLES = (
    st.sampled_from([(2, 2), (2, 3), (3, 2), (3, 3), (2, 4)])
    .flatmap(
        lambda shape: st.lists(st.integers(0, 4), min_size=prod(shape), max_size=prod(shape)).map(
            lambda cells: np.array(cells).reshape(shape)
        )
    )
    .filter(lambda table: table.sum(axis=0).all() and table.sum(axis=1).all() and table.sum() < 16)
)


@settings(max_examples=30)
@given(TABLES)
def test_the_network_agrees_with_listing_every_table(table):
    assert exact_p(table, WORK) == pytest.approx(by_listing(table), rel=1e-9)


@settings(max_examples=30)
@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(table, shuffler):
    rows, columns = list(range(table.shape[0])), list(range(table.shape[1]))
    shuffler.shuffle(rows)
    shuffler.shuffle(columns)
    p = exact_p(table, WORK)
    assert exact_p(table[np.ix_(rows, columns)], WORK) == pytest.approx(p, rel=1e-9)
    assert exact_p(table.T, WORK) == pytest.approx(p, rel=1e-9)
    assert 0 < p <= 1


@given(st.lists(st.integers(0, 30), min_size=4, max_size=4))
def test_two_by_two_is_fishers_test(cells):
    table = np.array(cells).reshape(2, 2)
    if table.sum(axis=0).all() and table.sum(axis=1).all():
        assert exact_p(table, WORK) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)


def test_a_large_flat_table_overflows_nothing():
    table = np.array([[400, 420, 430], [390, 410, 460]])
    assert exact_p(table, WORK) == pytest.approx(stats.chi2_contingency(table).pvalue, abs=0.002)


def test_one_person_in_each_of_two_groups():
    assert exact_p(np.eye(2, dtype=int), WORK) == 1
    # All orders of n people are equally likely, so none is less likely than another.
    assert exact_p(np.eye(6, dtype=int), WORK) == pytest.approx(1)


def test_the_most_extreme_table_has_its_own_probability():
    assert exact_p(np.diag([5, 5]), WORK) == pytest.approx(2 / comb(10, 5))


def test_more_work_than_allowed_is_refused():
    with pytest.raises(TooManyTablesError, match="too many tables"):
        exact_p(np.array(JOB), 1000)


def test_more_rows_than_keys_can_hold_is_refused():
    with pytest.raises(TooManyTablesError, match="too many rows and columns"):
        exact_p(np.full((20, 20), 10), WORK)
