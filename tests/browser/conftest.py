"""A real Chromium for the tests in this folder: the system's, for none is downloaded."""

import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.browser import styleguide

ROOT = Path(__file__).parents[2]
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = """rules => axe.run({runOnly: rules}).then(found => found.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${node.html}`)))"""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "Chromium was not found. On Debian or Ubuntu: sudo apt-get install chromium. "
    "Or set CHROMIUM to the path of a Chromium or Chrome that you have."
)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is. Without one: skipped with a word, and a failure where CI is set."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail(MISSING)
    if found is None:
        pytest.skip(MISSING)
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium_path):
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": list(QUIET)}


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker that npm brought."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture
def found_by_axe(axe_source):
    """A function of a page: what axe finds wrong with it, a line each."""

    def look(page) -> list[str]:
        page.evaluate(axe_source)
        return page.evaluate(AXE, list(RULES))

    return look


@pytest.fixture(scope="session")
def styleguide_url() -> Iterator[str]:
    """Where the application is that shows every control."""
    server = make_server("127.0.0.1", 0, styleguide.make(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
