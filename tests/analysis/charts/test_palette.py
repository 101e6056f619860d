"""Colours that hold for colour-blind eyes and on a grey printer."""

from itertools import combinations

import numpy as np
import pytest

from analysis.charts.palette import (
    AGAINST,
    EVERYBODY,
    FOR,
    MARKS,
    MIDDLE,
    SEQUENCE,
    channels,
    contrast,
    draw_mark,
    ink_on,
    luminance,
    ramp,
)
from analysis.charts.svg import MUTED, PAPER

# Viénot, Brettel & Mollon (1999), Digital video colourmaps for checking the legibility of displays
# by dichromats: linear RGB to linear RGB.
DICHROMATS = {
    "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
    "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
}


def linear(colour):
    share = np.array(channels(colour)) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def seen_by(kind, colour):
    return np.clip(np.array(DICHROMATS[kind]) @ linear(colour), 0, 1)


def lab(rgb):
    xyz = (
        np.array(((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)))
        @ rgb
        / np.array((0.9505, 1.0, 1.089))
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array((116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])))


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_words_and_marks_stand_out_from_paper():
    assert contrast(MUTED, PAPER) >= 4.5
    assert min(contrast(mark.colour, PAPER) for mark in (*MARKS, EVERYBODY)) >= 4.5


def test_words_on_every_fill_can_be_read():
    fills = (*ramp(2, AGAINST), *ramp(3, AGAINST), MIDDLE, *ramp(3, FOR), *ramp(7, SEQUENCE))

    assert min(contrast(ink_on(fill), fill) for fill in fills) >= 4.5


@pytest.mark.parametrize("kind", ["protan", "deutan"])
def test_the_sides_of_a_scale_stay_apart_for_colour_blind_eyes(kind):
    for against, agreeing in zip(AGAINST, FOR[::-1], strict=True):
        apart = np.linalg.norm(lab(seen_by(kind, against)) - lab(seen_by(kind, agreeing)))
        assert apart >= 20


@pytest.mark.parametrize("kind", ["protan", "deutan"])
def test_the_first_three_groups_stay_apart_for_colour_blind_eyes(kind):
    for one, other in combinations(MARKS[:3], 2):
        apart = np.linalg.norm(lab(seen_by(kind, one.colour)) - lab(seen_by(kind, other.colour)))
        assert apart >= 20


def test_no_two_groups_share_a_shape():
    shapes = [mark.shape for mark in MARKS]

    assert sorted(shapes) == sorted(set(shapes))
    drawn = {draw_mark(mark, 0, 0).replace(mark.colour, "") for mark in MARKS}
    assert len(drawn) == len(MARKS)


def test_a_sequence_grows_darker_step_by_step():
    steps = [luminance(colour) for colour in ramp(6)]

    assert steps == sorted(steps, reverse=True)
    assert len(set(steps)) == 6
