import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.analysis.exports import make_export

README = Path(__file__).parents[2] / "analysis" / "README.md"
METHODS = (
    "agreement",
    "comparison",
    "corrections",
    "intervals",
    "rankings",
    "reliability",
    "compositions",
    "anonymity",
)


def test_every_example_on_the_page_gives_what_it_says(tmp_path):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    folder = tmp_path / "export"
    make_export(folder)
    failed, tried = doctest.testfile(
        str(README), module_relative=False, optionflags=flags, extraglobs={"folder": folder}
    )
    assert failed == 0
    assert tried > 40


@pytest.mark.parametrize("name", METHODS)
def test_every_public_method_is_on_the_page(name):
    module = import_module(f"analysis.{name}")
    offered = getattr(module, "__all__", None) or [
        found
        for found, thing in vars(module).items()
        if getattr(thing, "__module__", "") == module.__name__ and not found.startswith("_")
    ]
    functions = [found for found in offered if found.islower()]
    listed = re.findall(r"`(\w+)`", README.read_text(encoding="utf-8"))
    assert [function for function in functions if function not in listed] == []
    assert functions
