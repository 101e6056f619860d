"""Public records in the forms that archives and statistics packages read.

SPSS (`.sav`) with labels, a Frictionless data package, and a DDI codebook (DDI-Codebook 2.5).
"""

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from analysis.records import Records
from analysis.sheets import write_csv
from forms.codebook import Codebook, Measure, Variable
from forms.manifest import Manifest

CODED = (Measure.NOMINAL, Measure.ORDINAL)
DDI = "ddi:codebook:2_5"
LONGEST_NAME, LONGEST_LABEL, LONGEST_VALUE_LABEL = 64, 256, 120
RESERVED = ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH")
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]")
NOT_IN_XML = re.compile(r"[^\x09\x0a\x0d\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
RECORDS_FILE = "records.csv"


def cut(text: str, most: int) -> str:
    """Cut text to a number of bytes of UTF-8, never within a character."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def plain(text: str) -> str:
    """Give text that any file format can hold: without controls and halves of characters."""
    return NOT_IN_XML.sub("", text).replace("\r", " ").replace("\n", " ").replace("\t", " ")


def spss_names(columns: Iterable[str]) -> dict[str, str]:
    """Give every column a name that SPSS takes: no full stop, no reserved word, none twice."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        bare = NOT_IN_A_NAME.sub("_", column)
        if not bare[:1].isalpha() or bare.upper() in RESERVED:
            bare = f"v_{bare}"
        name = stem = bare[:LONGEST_NAME].rstrip("_")
        number = 2
        while name.upper() in taken:
            name = f"{stem[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
            number += 1
        taken.add(name.upper())
        given[column] = name
    return given


def column_label(variable: Variable, column: str) -> str:
    """Give the wording that explains a column: that of the variable, and of its category."""
    label = f"{variable.label} – {variable.row}" if variable.row else variable.label
    for category in variable.categories:
        if column == f"{variable.name}.{category.key}":
            return f"{label}: {category.label}"
    return label


def codes(variable: Variable) -> dict[str, int]:
    """Give the categories of a variable their numbers: 1, 2, 3, … in the codebook's order."""
    return {category.key: number for number, category in enumerate(variable.categories, start=1)}


def is_flag(variable: Variable, column: str) -> bool:
    """Whether a column says only yes or no: a choice of many, or a way out."""
    if variable.measure is Measure.SEVERAL:
        return True
    return any(column == f"{variable.name}.{each.key}" for each in variable.not_substantive)


def write_sav(path: Path, records: Records, *, title: str) -> None:
    """Write records for SPSS and its kin: numbers with value labels, "don't know" user-missing.

    Value labels are cut at 120 bytes, variable labels at 256, as the format demands.
    """
    columns = [(each, column) for each in records.variables for column in each.columns]
    names = spss_names(column for _, column in columns)
    data: dict[str, Any] = {}
    labels: dict[str, str | None] = {}
    values: dict[str, dict[int | float, str]] = {}
    missing: dict[str, list[Any]] = {}
    for variable, column in columns:
        name = names[column]
        labels[name] = cut(plain(column_label(variable, column)), LONGEST_LABEL)
        cells = records.frame[column]
        if variable.measure in CODED:
            numbers = codes(variable)
            data[name] = cells.map(numbers).astype("float64")
            values[name] = {
                numbers[each.key]: cut(plain(each.label), LONGEST_VALUE_LABEL)
                for each in variable.categories
            }
            lost = [numbers[each.key] for each in variable.not_substantive]
            if lost:
                missing[name] = [{"lo": min(lost), "hi": max(lost)}]
        elif variable.measure is Measure.JURISDICTION:
            data[name] = cells.astype("string").fillna("").astype("object")
        else:
            data[name] = pd.to_numeric(cells.astype("object"), errors="coerce").astype("float64")
            if is_flag(variable, column):
                values[name] = {0: "No", 1: "Yes"}
    pyreadstat.write_sav(
        pd.DataFrame(data),
        str(path),
        file_label=cut(plain(title), 60),
        column_labels=labels,
        variable_value_labels=values,
        missing_ranges=missing,
        variable_measure={names[column]: spss_measure(variable) for variable, column in columns},
    )


def spss_measure(variable: Variable) -> str:
    """Give the level of measurement as SPSS knows it."""
    if variable.measure is Measure.ORDINAL:
        return "ordinal"
    return "scale" if variable.measure in (Measure.NUMBER, Measure.POINTS) else "nominal"


def write_records(path: Path, records: Records) -> None:
    """Write records as CSV: keys, figures, true and false; empty where nothing is known."""
    columns = list(records.frame.columns)
    rows = (
        [str(number), *(as_text(value) for value in row)]
        for number, row in zip(
            records.frame.index, records.frame.itertuples(index=False, name=None), strict=True
        )
    )
    write_csv(path, [["record", *columns], *rows])


def as_text(value: object) -> str:
    """Write one value as text."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return f"{value:g}" if value != int(value) else str(int(value))
    return str(value)


def data_package(records: Records, codebook: Codebook, manifest: Manifest, csv: bytes) -> str:
    """Describe the records as a Frictionless data package.

    References
    ----------
    Data Package specification, version 1 (Frictionless Data).
    """
    fields: list[dict[str, Any]] = [{"name": "record", "type": "integer", "title": "Record"}]
    fields += [
        field(variable, column) for variable in records.variables for column in variable.columns
    ]
    package = {
        "name": re.sub(r"[^a-z0-9]+", "-", codebook.questionnaire.lower()).strip("-"),
        "title": codebook.title,
        "version": codebook.version,
        "profile": "tabular-data-package",
        "description": (
            "Responses whose senders agreed to publication. Respondents chose themselves: these "
            f"are no sample of anybody. At least {records.k} records share "
            f"{', '.join(records.keys)}."
        ),
        "contributors": [
            {"title": manifest.consultation.organiser or "The organiser", "role": "publisher"}
        ],
        "resources": [
            {
                "name": "records",
                "path": RECORDS_FILE,
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8-sig",
                "bytes": len(csv),
                "hash": f"sha256:{hashlib.sha256(csv).hexdigest()}",
                "schema": {
                    "fields": fields,
                    "missingValues": [""],
                    "primaryKey": ["record"],
                },
            }
        ],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def field(variable: Variable, column: str) -> dict[str, Any]:
    """Describe one column of the records."""
    described: dict[str, Any] = {"name": column, "title": column_label(variable, column)}
    if variable.measure in CODED:
        described["type"] = "string"
        described["constraints"] = {"enum": [each.key for each in variable.categories]}
        described["description"] = "; ".join(
            f"{each.key}: {each.label}" for each in variable.categories
        )
    elif variable.measure is Measure.SEVERAL:
        described["type"] = "boolean"
    elif variable.measure is Measure.JURISDICTION:
        described["type"] = "string"
        described["description"] = "ISO 3166 codes, separated by blanks"
    elif variable.measure is Measure.RANKING or is_flag(variable, column):
        described["type"] = "integer"
    else:
        described["type"] = "number"
    return described


def ddi_codebook(records: Records, codebook: Codebook, manifest: Manifest) -> bytes:
    """Describe the records as a DDI codebook.

    References
    ----------
    DDI Alliance, DDI-Codebook 2.5.
    """
    ET.register_namespace("", DDI)
    root = ET.Element(f"{{{DDI}}}codeBook", {"version": "2.5"})
    _study(_inside(root, "stdyDscr"), records, codebook, manifest)
    text = _inside(_inside(root, "fileDscr", ID="F1"), "fileTxt")
    _inside(text, "fileName", RECORDS_FILE)
    size = _inside(text, "dimensns")
    _inside(size, "caseQnty", str(len(records.frame)))
    columns = [(each, column) for each in records.variables for column in each.columns]
    _inside(size, "varQnty", str(len(columns)))
    _inside(text, "fileType", "CSV (UTF-8)")
    data = _inside(root, "dataDscr")
    wordings = {question.key: question.text for question in codebook.questions}
    for number, (variable, column) in enumerate(columns, start=1):
        _variable(data, number, variable, column, wordings.get(variable.question, ""))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _study(study: ET.Element, records: Records, codebook: Codebook, manifest: Manifest) -> None:
    facts = manifest.consultation
    citation = _inside(study, "citation")
    titles = _inside(citation, "titlStmt")
    _inside(titles, "titl", codebook.title)
    _inside(titles, "IDNo", codebook.digest)
    if facts.organiser:
        _inside(_inside(citation, "prodStmt"), "producer", facts.organiser)
    _inside(_inside(citation, "verStmt"), "version", codebook.version)
    info = _inside(study, "stdyInfo")
    _inside(
        info,
        "abstract",
        "Answers to a public consultation, of those who agreed to their publication.",
    )
    summary = _inside(info, "sumDscr")
    for event, time in (("start", facts.opened_at), ("end", facts.closed_at)):
        if time is not None:
            _inside(summary, "collDate", time.date().isoformat(), event=event)
    _inside(summary, "universe", "Whoever chose to answer; no sample of anybody.")
    collected = _inside(_inside(study, "method"), "dataColl")
    _inside(collected, "sampProc", "None: respondents chose themselves.")
    _inside(collected, "collMode", "Questionnaire filled in by the respondent")
    for words, what in records.left_out:
        _inside(study, "notes", f"{words}: {what}")


def _variable(data: ET.Element, number: int, variable: Variable, column: str, wording: str) -> None:
    coded = variable.measure in CODED
    discrete = coded or is_flag(variable, column) or variable.measure is Measure.JURISDICTION
    element = _inside(
        data, "var", ID=f"V{number}", name=column, files="F1",
        intrvl="discrete" if discrete else "contin",
    )  # fmt: skip
    _inside(element, "labl", column_label(variable, column))
    if wording:
        _inside(_inside(element, "qstn"), "qstnLit", wording)
    categories: Sequence[tuple[str, str, bool]] = ()
    if coded:
        categories = [(each.key, each.label, not each.substantive) for each in variable.categories]
    elif variable.measure is Measure.SEVERAL:
        categories = [("true", "Chosen", False), ("false", "Not chosen", False)]
    for key, label, missing in categories:
        category = _inside(element, "catgry", **({"missing": "Y"} if missing else {}))
        _inside(category, "catValu", key)
        _inside(category, "labl", label)
    _inside(element, "varFormat", type="character" if discrete else "numeric")


def _inside(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{DDI}}}{tag}", attributes)
    if text is not None:
        element.text = plain(text)
    return element
