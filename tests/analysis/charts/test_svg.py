"""The drawing itself: allowed everywhere, escaped, and the same every time."""

import pytest
from lxml import etree

from analysis.charts.svg import element, figure, hatch, picture, text, width_of, wrap


@pytest.mark.parametrize(
    ("number", "written"),
    [(1.04, "1"), (1.05, "1.1"), (0.0, "0"), (-0.04, "0"), (12.0, "12"), (1e6, "1000000")],
)
def test_a_coordinate_has_one_decimal_at_most_and_no_exponent(number, written):
    assert figure(number) == written


def test_words_cannot_become_markup():
    markup = text('<script>alert("x")</script>', 0, 0)

    assert etree.fromstring(markup).text == '<script>alert("x")</script>'


def test_what_xml_cannot_hold_is_left_out():
    assert etree.fromstring(text("a\x00b\x0bc\ud800d", 0, 0)).text == "abcd"


def test_an_attribute_that_is_none_is_not_written():
    assert element("rect", fill=None, stroke_width=2) == '<rect stroke-width="2"/>'


def test_a_picture_says_its_title_and_its_description():
    root = etree.fromstring(picture("A key!", "Title", "Words", 10, 20, []))
    space = {"s": "http://www.w3.org/2000/svg"}

    title, description = root.find("s:title", space), root.find("s:desc", space)
    assert (title.text, description.text) == ("Title", "Words")
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")


def test_no_line_is_wider_than_its_room_unless_it_is_one_word():
    lines = wrap("Offences for making or supplying the tools, whatever they produce", 120, 12)

    assert all(width_of(line, 12) <= 120 for line in lines)
    assert " ".join(lines) == "Offences for making or supplying the tools, whatever they produce"


def test_words_that_do_not_fit_end_in_an_ellipsis():
    lines = wrap("one two three four five six seven eight", 60, 12, most=2)

    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert width_of(lines[1], 12) <= 60


def test_hatching_stays_inside_its_rectangle():
    path = etree.fromstring(hatch(10, 20, 30, 8, stroke="#000000")).get("d")
    points = [tuple(map(float, part.split())) for part in path.replace("L", "M").split("M") if part]

    assert points
    assert all(10 <= x <= 40 and 20 <= y <= 28 for x, y in points)
