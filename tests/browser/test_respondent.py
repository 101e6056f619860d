"""The respondent's pages in a real Chromium: the whole way, with and without script."""

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import make_app, open_consultation
from tests.kept import references, sent, set_consultation
from tests.pages import Organiser, Respondent
from tests.servers import serving

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
numbers = itertools.count(1)


@pytest.fixture(scope="module")
def service(migrated_sqlite, questionnaire, tmp_path_factory) -> Iterator[dict]:
    """The application at an address, with a consultation that is open."""
    folder = tmp_path_factory.mktemp("service")
    shutil.copy(migrated_sqlite, folder / "open-questions.db")
    app = make_app(f"sqlite:///{folder}/open-questions.db", folder)
    with serving(app) as port:
        app.config["TESTING_ADDRESS"] = f"http://127.0.0.1:{port}"
        yield {"app": app, "address": f"http://127.0.0.1:{port}", "questionnaire": questionnaire}
    app.extensions["database"].engine.dispose()


@pytest.fixture
def base(service) -> str:
    """The address of a fresh consultation."""
    key = f"asked_{next(numbers)}"
    open_consultation(service["app"].extensions["database"], service["questionnaire"], key=key)
    return f"{service['address']}/c/{key}"


def key_of(base: str) -> str:
    return base.rpartition("/")[2]


def save(page) -> None:
    page.get_by_role("button", name="Save and continue", exact=True).click()


def begin(page, base: str) -> None:
    page.goto(f"{base}/")
    page.get_by_role("button", name="Start now").or_(
        page.get_by_role("link", name="Start now")
    ).first.click()
    page.check("[name=group][value=law_enforcement]")
    page.check("[name=capacity][value=own_name]")
    save(page)


def go_all_the_way(page, base: str) -> str:
    """Answer two topics, leave, return by the link, change an answer, and send."""
    begin(page, base)
    link = page.input_value("#link")
    page.goto(f"{base}/s/oq1")
    page.check("[name=oq1_overall][value=mixed]")
    page.fill("[name=oq1_gap]", "Nothing on agents")
    save(page)
    page.goto(f"{base}/s/oq3")
    page.fill("[name=oq3_one_change]", "One form for all")
    page.get_by_role("button", name="Save and see the task list").click()
    page.get_by_role("button", name="Take these answers off this device").click()
    page.goto(link_here(link, base))
    assert page.url == f"{base}/tasks"
    page.goto(f"{base}/s/oq1")
    page.check("[name=oq1_overall][value=too_far]")
    save(page)
    page.goto(f"{base}/s/publication")
    page.check("[name=publication][value=without_name]")
    page.check("[name=consent]")
    save(page)
    page.goto(f"{base}/check")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(f"{base}/receipt")
    return page.locator(".oq-reference strong").inner_text()


def link_here(link: str, base: str) -> str:
    """A link as this server answers it; letters name the address in the settings."""
    return base.partition("/c/")[0] + "/r/" + link.rpartition("/")[2]


def test_the_whole_way_with_script(page, base, service):
    reference = go_all_the_way(page, base)

    assert reference in references(service["app"])
    (answers,) = [each for each in sent(service["app"]) if each.get("oq3_one_change")][-1:]
    assert (answers["oq1_overall"], answers["oq1_gap"]) == ("too_far", "Nothing on agents")
    assert page.get_by_role("button", name="Print this page").is_visible()


def test_the_time_of_the_receipt_is_shown_where_the_reader_is(browser, base, browser_context_args):
    context = browser.new_context(**{**browser_context_args, "timezone_id": "Asia/Tokyo"})
    page = context.new_page()
    go_all_the_way(page, base)

    assert "(where you are: Asia/Tokyo)" in page.locator(".oq-local-time").inner_text()
    context.close()


def test_a_double_click_sends_once(page, base, service):
    begin(page, base)
    page.goto(f"{base}/s/publication")
    page.check("[name=publication][value=count_only]")
    page.check("[name=consent]")
    save(page)
    before = len(references(service["app"]))
    page.goto(f"{base}/check")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    page.wait_for_url(f"{base}/receipt")
    page.go_back()
    page.goto(f"{base}/receipt")

    assert len(references(service["app"])) == before + 1


def test_back_after_a_mistake_keeps_what_was_typed_and_the_summary_has_the_focus(page, base):
    begin(page, base)
    page.goto(f"{base}/s/oq1")
    page.fill("[name=oq1_gap]", "word " * 501)
    save(page)
    page.wait_for_selector(".govuk-error-summary")

    assert page.title().startswith("Error: How ready the law is")
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert page.input_value("[name=oq1_gap]").startswith("word word")
    page.click(".govuk-error-summary a")
    assert page.evaluate("document.activeElement.name") == "oq1_gap"


def tab_to(page, test: str, most: int = 200) -> None:
    """Press Tab until the element in focus is the one wanted."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(e => {test})(document.activeElement)"):
            return
    raise AssertionError(f"Tab never came to {test}")


def test_the_whole_way_by_keyboard_alone(page, base):
    page.goto(f"{base}/")
    tab_to(page, "e.textContent.includes('Start now')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/start")
    tab_to(page, "e.name === 'group'")
    page.keyboard.press("Space")
    tab_to(page, "e.name === 'capacity'")
    page.keyboard.press("Space")
    tab_to(page, "e.textContent.trim() === 'Save and continue'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/saved**")
    page.goto(f"{base}/s/oq1")
    tab_to(page, "e.name === 'oq1_gap'")
    page.keyboard.type("By keyboard")
    tab_to(page, "e.textContent.trim() === 'Save and continue'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/s/oq2")
    page.goto(f"{base}/s/publication")
    tab_to(page, "e.name === 'consent'")
    page.keyboard.press("Space")
    tab_to(page, "e.textContent.trim() === 'Save and continue'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    tab_to(page, "e.textContent.trim() === 'Send'", most=400)
    page.keyboard.press("Enter")
    page.wait_for_url("**/receipt")

    assert "By keyboard" in page.content()


PROMISE = "Pressing the Escape key three times leaves this page quickly."


def test_the_way_out_by_keyboard_is_promised_where_it_works_and_read_out(page, base):
    page.goto(f"{base}/")

    assert page.get_by_text(PROMISE).is_visible()
    assert PROMISE in page.locator("footer").aria_snapshot()
    page.route("**/weather", lambda route: route.fulfill(body="Rain"))
    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("**/weather")


class TestWithoutScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False}

    def test_no_way_out_by_keyboard_is_promised(self, page, base):
        page.goto(f"{base}/")

        assert page.get_by_text("This site uses no tracking.").is_visible()
        assert not page.get_by_text(PROMISE).is_visible()
        assert "Escape" not in page.locator("footer").aria_snapshot()

    def test_the_whole_way(self, page, base, service):
        reference = go_all_the_way(page, base)

        assert reference in references(service["app"])
        assert page.locator("[data-print]:visible").count() == 0


PLACES = (
    "/", "/questions", "/privacy", "/accessibility", "/support", "/start", "/resume", "/tasks",
    "/saved", "/saved?mailed=1", "/s/start", "/s/about_you", "/s/topics", "/s/oq1", "/s/oq3",
    "/s/oq8", "/s/oq10", "/s/oq12", "/s/oq15", "/s/evidence", "/s/publication", "/check",
    "/s/oq1/found", "/confidential/oq1_gap", "/withdraw", "/receipt",
)  # fmt: skip


def previews(app, key: str) -> dict[str, str]:
    """The pages around the questions, as the team sees them before opening."""
    editor = Organiser.invited(app, f"{key}@example.org", "editor").opens("/organise/new")
    editor.presses("Make it", key=f"{key}_later", organiser="Us", like=key)
    places = ("/", "/privacy", "/support", "/accessibility")
    return {f"{each} preview": editor.opens(f"/c/{key}_later{each}").text for each in places}


@pytest.fixture
def states(service, base) -> dict[str, str]:
    """Every page and state of a respondent, as the server sent it."""
    app, key = service["app"], key_of(base)
    one = Respondent(app, key)
    found: dict[str, str] = {}
    for place in ("/", "/start", "/resume", "/left"):
        found[f"{place} before"] = one.opens(one.base + place).text
    found["start, mistakes"] = one.opens(f"{one.base}/start").presses("Save and continue", 422).text
    one.begins("law_enforcement").answers("about_you", subtype_le="forensics")
    one.answers("oq1", oq1_failed_area="tools", oq1_gap="Write to someone@example.org or [تجربة]")
    found["found"] = one.text
    one.opens(f"{one.base}/confidential/oq1_gap").presses("Keep it confidential", 422)
    found["confidential, mistake"] = one.text
    one.presses("Keep it confidential", reason="operational")
    one.opens(f"{one.base}/s/oq1").presses("Save and continue", 422, oq1_gap="word " * 501)
    found["page, mistakes"] = one.text
    one.opens(f"{one.base}/saved").presses("Mail me the link", 422, email="x")
    found["saved, mistake"] = one.text
    found["resume, mistake"] = (
        one.opens(f"{one.base}/resume").presses("Open my answers", 422, link="x").text
    )
    found["check, missing"] = one.sends(422).text
    other = one.on_another_device(one.link())
    one.opens(f"{one.base}/s/oq1")
    other.answers("oq1", oq1_gap="Something else")
    found["conflict"] = one.presses("Save and continue", 409, oq1_gap="Mine").text
    one.opens(f"{one.base}/s/oq1")
    one.client.delete_cookie("oq_session")
    found["stale"] = one.presses("Save and continue", 400, oq1_gap="Mine").text
    one.opens(f"{one.base}/tasks").presses("Leave out: What the law means")
    one.answers("start", group="industry")
    found["tasks, no longer counting"] = one.text
    one.consents()
    for place in PLACES:
        if place not in {"/withdraw", "/receipt"}:
            found[place] = one.opens(one.base + place).text
    one.sends()
    for place in ("/", "/receipt", "/withdraw", "/tasks", "/check"):
        found[f"{place} sent"] = one.opens(one.base + place).text
    found["tasks, unsent"] = one.answers("oq4", oq4_which="None").opens(f"{one.base}/tasks").text
    one.opens(f"{one.base}/withdraw").presses("Withdraw my response")
    found["withdrawn"] = one.text
    found["link unknown"] = one.opens("/r/" + "a" * 32, 404).text
    for name, path, expect in (("404", "/nothing", 404), ("405", f"{one.base}/send", 405)):
        found[name] = one.opens(path, expect).text
    found["413"] = one.posts(f"{one.base}/s/oq1", 413, oq1_gap="x" * 3_000_000).text
    one.opens(f"{one.base}/s/oq5")
    set_consultation(app, key, closes_at=datetime.now(UTC) - timedelta(seconds=1))
    found["closed"] = one.presses("Save and continue", 403, oq5_reasons="Typed late").text
    for place in ("/", "/tasks", "/check", "/receipt", "/start", "/s/oq1", "/s/oq2", "/saved"):
        status = 200
        found[f"{place} closed"] = one.opens(one.base + place, status).text
    found |= previews(app, key)
    with app.app_context(), app.test_request_context("/"):
        from flask import render_template

        for code in (403, 409, 429, 500, 503):
            typed = (("Text 1", "Words"), ("Text 2", "More words"))
            found[f"error {code}"] = render_template(f"errors/{code}.html", typed=typed)
    return found


WIDTHS = (1280, 320)


def test_axe_finds_nothing_and_no_page_is_wider_than_the_screen(
    page, base, service, states, found_by_axe
):
    """Each page and state is served as it was to the respondent, and looked at in both widths."""
    shown: dict[str, str] = {}
    page.route("**/state/*", lambda route: route.fulfill(
        body=shown["text"], content_type="text/html; charset=utf-8"
    ))  # fmt: skip
    wrong = {}
    for number, (name, text) in enumerate(states.items()):
        shown["text"] = text
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(f"{service['address']}/state/{number}")
            found = found_by_axe(page) if width == WIDTHS[0] or number % 3 == 0 else []
            wide = page.evaluate("document.scrollingElement.scrollWidth")
            if found or wide > width:
                wrong[name, width] = (wide, found)

    assert wrong == {}


def test_the_html_checker_finds_nothing(states, tmp_path):
    if shutil.which("java") is None:
        pytest.skip(
            "Java was not found. On Debian or Ubuntu: sudo apt-get install default-jre-headless"
        )
    files = []
    for number, (name, text) in enumerate(states.items()):
        file = tmp_path / f"{number:02d}-{''.join(c for c in name if c.isalnum())}.html"
        file.write_text(text, encoding="utf-8")
        files.append(str(file))
    jar = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
    checked = subprocess.run(
        ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--errors-only", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(checked.stderr)["messages"]
    wrong = {(Path(each["url"]).name, each["message"], each.get("extract", "")) for each in said}

    assert wrong == set()


def test_the_policy_for_content_is_never_broken(page, base):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    go_all_the_way(page, base)

    assert said == []
