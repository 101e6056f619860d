import math

import pytest

from analysis.statistic import Statistic, checked_share, withheld


def test_a_figure_on_enough_answers_is_not_withheld():
    assert withheld(10, 10) is None


def test_a_figure_on_too_few_answers_is_withheld_and_says_why():
    assert withheld(9, 10, "pairs") == "withheld: fewer than 10 pairs"


def test_a_negative_minimum_is_an_error():
    with pytest.raises(ValueError, match="minimum is -1"):
        withheld(3, -1)


def test_a_statistic_reads_as_its_value():
    assert float(Statistic(value=0.25, n=4)) == 0.25
    assert math.isnan(float(Statistic(value=math.nan, n=0, reason="nobody answered")))


@pytest.mark.parametrize("value", [0, 1, -0.1, 95])
def test_a_confidence_is_a_share_between_0_and_1(value):
    with pytest.raises(ValueError, match="confidence is"):
        checked_share(value, "confidence")
