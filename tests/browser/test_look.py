"""Every control and piece of a page in a real browser: accessible, and helped along by script."""

import pytest

pytestmark = pytest.mark.browser
WIDTHS = (1280, 320)


@pytest.fixture
def controls(page, styleguide_url):
    page.goto(styleguide_url)
    return page


def with_mistakes(page):
    page.fill("#days", "soon")
    page.fill("#budget-training", "40")
    page.fill("#address", "nobody")
    page.fill("#sources-1-address", "x")
    page.select_option("#first-training", "1")
    page.select_option("#first-shared_tools", "1")
    page.click("text=Save and continue")
    page.wait_for_selector(".govuk-error-summary")


def width_of(page) -> int:
    return page.evaluate("document.scrollingElement.scrollWidth")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/", "/pieces", "/desk", "/error/404", "/error/500"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    page, styleguide_url, found_by_axe, path, width
):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(styleguide_url + path)

    assert found_by_axe(page) == []
    assert width_of(page) == width


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_a_page_of_mistakes(controls, found_by_axe, width):
    controls.set_viewport_size({"width": width, "height": 800})

    with_mistakes(controls)

    assert found_by_axe(controls) == []
    assert width_of(controls) == width


def test_a_page_of_mistakes_says_so_and_leads_to_each(controls):
    with_mistakes(controls)

    assert controls.title() == "Error: Every control – Open Questions"
    assert controls.evaluate("document.activeElement.className") == "govuk-error-summary"
    targets = controls.eval_on_selector_all(
        ".govuk-error-summary a", "links => links.map(a => a.getAttribute('href'))"
    )
    assert targets == [
        "#group",
        "#first-shared_tools",
        "#budget-training",
        "#days",
        "#sources-1-address",
        "#address",
    ]
    for target in targets:
        assert controls.locator(target).is_visible()
    assert controls.input_value("#days") == "soon"


def test_no_id_stands_twice_and_every_field_has_a_name(controls):
    ids = controls.eval_on_selector_all("[id]", "all => all.map(each => each.id)")

    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("key", ["Escape", "click"])
def test_leaving_quickly_blanks_the_page_and_leaves_no_way_back(controls, styleguide_url, key):
    if key == "click":
        controls.click("[data-leave]")
    else:
        for _ in range(3):
            controls.keyboard.press("Escape")
    controls.wait_for_url("**/elsewhere")
    controls.go_back()

    assert controls.url == "about:blank"


def test_the_way_out_stays_on_the_screen_when_the_page_is_scrolled(controls):
    controls.mouse.wheel(0, 3000)
    controls.wait_for_function("window.scrollY > 1000")

    box = controls.locator("[data-leave]").bounding_box()
    assert 0 <= box["y"] < 80


def test_the_header_never_hides_what_has_the_focus(controls):
    controls.focus("#address")
    controls.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    header = controls.locator(".oq-header").bounding_box()["height"]

    hidden = []
    for _ in range(25):
        controls.keyboard.press("Shift+Tab")
        bottom = controls.evaluate(
            "document.querySelector('.oq-page :focus')?.getBoundingClientRect().bottom"
        )
        hidden += [bottom] if bottom is not None and bottom <= header else []

    assert hidden == []


def test_words_are_counted_as_the_server_counts_them(controls):
    controls.fill("#gap", "one\u00a0two\u2003three\n\nfour — five")

    status = controls.locator(".govuk-character-count__status")
    assert status.inner_text() == "You have 494 words remaining"


def test_the_total_of_points_runs_along(controls):
    total = controls.locator("[data-total] output")
    seen = [total.inner_text()]
    for item, points in (("training", "60"), ("clearer_law", "40"), ("shared_tools", "5")):
        controls.fill(f"#budget-{item}", points)
        seen.append(total.inner_text())

    assert seen == [
        "0 of 100: 100 left",
        "60 of 100: 40 left",
        "100 of 100: all shared out",
        "105 of 100: 5 too many",
    ]


def test_an_answer_that_stands_alone_takes_the_other_ticks_away(controls):
    tools = "[name=tools]:checked"
    values = "boxes => boxes.map(box => box.value)"
    controls.check("#tools")
    controls.check("#tools-2")
    controls.check("[name=tools][value=none]")
    alone = controls.eval_on_selector_all(tools, values)
    controls.check("#tools")

    assert alone == ["none"]
    assert controls.eval_on_selector_all(tools, values) == ["hash_matching"]


def test_the_line_beside_other_shows_with_it_and_stays_while_something_is_written(controls):
    line = controls.locator("#group_other")
    seen = [line.is_visible()]
    controls.check("[name=group][value=other]")
    seen.append(line.is_visible())
    line.fill("A museum")
    controls.check("#group")
    seen.append(line.is_visible())

    assert seen == [False, True, True]


def test_the_list_of_places_narrows_and_keeps_what_was_chosen(controls):
    controls.select_option("#place", "NO")
    controls.fill("#place-narrow", "aland")
    offered = controls.locator("#place option").all_inner_texts()

    assert offered == ["Choose a place", "Åland Islands", "Norway"]
    assert controls.input_value("#place") == "NO"
    said = controls.locator("#question-place [role=status]").inner_text()
    assert said == "1 place matches. Chosen: Norway."


def test_enter_in_the_narrowing_box_sends_nothing(controls):
    controls.fill("#place-narrow", "nor")
    controls.press("#place-narrow", "Enter")

    assert controls.locator(".govuk-error-summary").count() == 0


def test_several_places_can_be_ticked_in_a_narrowed_list(controls):
    controls.click("text=Countries and territories")
    controls.fill("#places-narrow", "norw")
    controls.check("[name=places][value=NO]")
    controls.fill("#places-narrow", "sweden")
    controls.check("[name=places][value=SE]")

    said = controls.locator("#question-places [role=status]").inner_text()
    assert said == "1 place matches. Chosen: Norway, Sweden."


def test_references_come_one_at_a_time(controls):
    entries = controls.locator(".oq-reference-entry")
    before = [entry.is_visible() for entry in entries.all()]
    controls.click("text=Add another source")

    assert before == [True, False, False]
    assert [entry.is_visible() for entry in entries.all()] == [True, True, False]
    assert controls.evaluate("document.activeElement.id") == "sources-2-title"


def test_a_link_is_copied_at_a_press(controls):
    controls.context.grant_permissions(["clipboard-read", "clipboard-write"])
    controls.click("text=Copy the link")
    controls.wait_for_selector("text=Copied.")

    copied = controls.evaluate("navigator.clipboard.readText()")
    assert copied == "https://consultation.example/r/4kqf-93hs-22xd"


def test_the_policy_for_content_is_never_broken(page, styleguide_url):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in ("/", "/pieces", "/desk"):
        page.goto(styleguide_url + path)

    assert said == []


class TestWithoutScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_every_place_for_a_reference_is_there(self, controls):
        assert [entry.is_visible() for entry in controls.locator(".oq-reference-entry").all()] == [
            True, True, True,
        ]  # fmt: skip

    def test_nothing_is_offered_that_needs_script(self, controls):
        for needing in (".oq-filter", "[data-copy]", "[data-more]", ".oq-total"):
            assert controls.locator(f"{needing}:visible").count() == 0
            assert controls.locator(needing).count() > 0

    def test_the_way_out_is_a_link(self, controls):
        controls.click("[data-leave]")

        assert controls.title() == "Elsewhere"
