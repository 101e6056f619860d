"""A real Chromium for the tests in this folder: the system's, for none is downloaded."""

import os
import shutil

import pytest

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
