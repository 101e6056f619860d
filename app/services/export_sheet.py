"""An export as a workbook and a page of text, for whoever has a spreadsheet and no programme.

Made from the Parquet file that was written, so nothing stands in it that is not in the export.
"""

import io
import json
from pathlib import Path
from typing import Any

from forms.codebook import Codebook
from forms.folder import ASKED, CODEBOOK, MANIFEST, RESPONSES

LONGEST_CELL = 32_767
CUT = " […]"
HEADINGS = ("Column", "Question", "Part", "Measure", "Keys and their words")
README = """{title}
{contents}

Made on {made}. {included} of {received} responses that were received count and are in it.

responses.xlsx     to read in a spreadsheet: one line a response, one column a variable.
                   The sheet “Variables” says what each column asks, and what its keys mean.
responses.parquet  the same, for programmes; texts longer than a cell may hold are whole only here.
codebook.json      every variable, with the wording of its question.
manifest.json      what was counted and left out, the thresholds, and the digests of these files.

An empty cell: asked, and left blank. “not asked”: the question did not come up for this respondent.
{guard}
"""
CONTENTS = {
    "full": "Full export, with names, organisations and addresses.",
    "without_identities": "Export without identities.",
}
GUARD = {
    "full": "It names people. Keep it where only those read it who must, and delete it in time.",
    "without_identities": (
        "Names are left out, yet single lines and words may point at somebody: do not pass it on."
    ),
}


def add_to(folder: Path) -> None:
    """Write `responses.xlsx` and `README.txt` beside the three files of an export."""
    import pyarrow.parquet as pq

    codebook = Codebook.model_validate_json((folder / CODEBOOK).read_text("utf-8"))
    table = pq.read_table(folder / RESPONSES)
    (folder / "responses.xlsx").write_bytes(workbook(table, codebook))
    (folder / "README.txt").write_text(_readme(json.loads((folder / MANIFEST).read_text("utf-8"))))


def _readme(manifest: dict[str, Any]) -> str:
    contents = str(manifest["contents"])
    return README.format(
        title=manifest["consultation"]["title"],
        contents=CONTENTS[contents],
        made=str(manifest["consultation"]["exported_at"])[:10],
        included=manifest["accounting"]["included"],
        received=manifest["accounting"]["received"],
        guard=GUARD[contents],
    )


def workbook(table: Any, codebook: Codebook) -> bytes:
    """Lines of responses and a sheet of variables. No text is read as a formula or a link."""
    import xlsxwriter

    packed = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(packed, options) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        _responses(book.add_worksheet("Responses"), table, codebook, bold)
        _variables(book.add_worksheet("Variables"), codebook, bold)
    return packed.getvalue()


def _responses(sheet: Any, table: Any, codebook: Codebook, bold: Any) -> None:
    names = [each for each in table.column_names if not each.startswith(ASKED)]
    questions = {name: each.question for each in codebook.variables for name in each.columns}
    asked = {
        each.removeprefix(ASKED): table.column(each).to_pylist()
        for each in table.column_names
        if each.startswith(ASKED)
    }
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(names):
        sheet.write_string(0, column, name, bold)
        was_asked = asked.get(questions.get(name, ""), [])
        for line, value in enumerate(table.column(name).to_pylist()):
            if value is None and was_asked and not was_asked[line]:
                sheet.write_string(line + 1, column, "not asked")
            else:
                _write(sheet, line + 1, column, value)
    sheet.set_column(0, max(len(names) - 1, 0), 18)


def _write(sheet: Any, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_number(line, column, int(value))
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value)
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        cut = text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
        sheet.write_string(line, column, cut)


def _variables(sheet: Any, codebook: Codebook, bold: Any) -> None:
    texts = {each.key: each.text for each in codebook.questions}
    for column, name in enumerate(HEADINGS):
        sheet.write_string(0, column, name, bold)
    for line, each in enumerate(codebook.variables, 1):
        keys = "; ".join(f"{one.key} = {one.label}" for one in each.categories)
        cells = (
            each.name,
            texts.get(each.question, each.label),
            each.row or "",
            each.measure.value,
            keys,
        )
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text[:LONGEST_CELL])
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 60)
    sheet.set_column(3, 3, 14)
    sheet.set_column(4, 4, 100)
