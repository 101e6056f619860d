"""A real Chromium for the tests in this folder: the system's, for none is downloaded."""

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
