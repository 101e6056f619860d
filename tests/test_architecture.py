"""Who may import whom: `pyproject.toml` says it, and here each contract is broken once."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("app", "forms", "analysis")

BREAKS = {
    "parts": ("forms/conditions.py", "import analysis.tables"),
    "bridge": ("analysis/tables.py", "from forms import questionnaire"),
    "codebook": ("forms/codebook.py", "import wtforms"),
    "forms": ("forms/question.py", "import flask"),
    "analysis": ("analysis/tables.py", "import sqlalchemy"),
    "app": ("app/services/submitting.py", "import app.views"),
    "results": ("app/services/submitting.py", "import analysis.tables"),
}


def contracts() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return sorted(contract["id"] for contract in settings["contracts"])


def lint(tree: Path, *contract_ids: str) -> subprocess.CompletedProcess[str]:
    chosen = [argument for key in contract_ids for argument in ("--contract", key)]
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", *chosen]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


@pytest.fixture
def a_copy(tmp_path):
    for part in PARTS:
        shutil.copytree(
            ROOT / part,
            tmp_path / part,
            ignore=shutil.ignore_patterns("static", "assets", "templates", "__pycache__"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_keeps_to_the_contracts():
    outcome = lint(ROOT)

    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("contract", sorted(BREAKS))
def test_a_forbidden_import_is_noticed(a_copy, contract):
    file, forbidden = BREAKS[contract]
    module = a_copy / file
    module.write_text(f"{module.read_text()}\n{forbidden}\n")

    outcome = lint(a_copy, contract)

    assert outcome.returncode == 1, outcome.stdout
    assert "Contracts: 0 kept, 1 broken." in outcome.stdout


@pytest.mark.parametrize(
    ("importer", "imported"),
    [("views", "cli"), ("errors", "views")],
)
def test_siblings_above_the_services_do_not_import_each_other(a_copy, importer, imported):
    module = a_copy / "app" / importer
    module = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
    module.write_text(f"{module.read_text()}\nimport app.{imported}\n")

    assert "Contracts: 0 kept, 1 broken." in lint(a_copy, "app").stdout


def test_every_contract_has_been_seen_to_fail():
    assert sorted(BREAKS) == contracts()


@pytest.mark.parametrize(
    ("light", "heavy"),
    [
        ("import forms.codebook", ("wtforms", "flask", "pandas")),
        ("import app; import app.views", ("pandas", "scipy", "sklearn", "pyarrow", "analysis")),
        ("import analysis.tables", ("wtforms", "flask", "sqlalchemy")),
    ],
)
def test_who_only_answers_never_pays_for_the_analysis(light, heavy):
    program = f"import sys; {light}; print([name for name in {heavy!r} if name in sys.modules])"

    outcome = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert outcome.stdout.strip() == "[]", outcome.stderr


def test_no_package_of_the_analysis_imports_its_own_modules():
    """It is loaded when first asked for, by any thread: see `analysis/report/__init__.py`."""
    found = {
        path.parent.name: list(ast.walk(ast.parse(path.read_text())))
        for path in (ROOT / "analysis").rglob("__init__.py")
    }

    assert len(found) >= 4
    for package, nodes in found.items():
        assert not any(isinstance(each, ast.Import | ast.ImportFrom) for each in nodes), package
