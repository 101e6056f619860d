"""The report as its readers meet it: complete, harmless, safe, and the same every time."""

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
import zlib
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree, html

from analysis.attack import attack
from analysis.charts.frame import columns_of
from analysis.disclosure import not_answers
from analysis.export import read_export
from analysis.report.building import build_report
from analysis.report.content import nothing_to_see, unseen
from analysis.report.counting import count
from analysis.report.page import css_string, html_page
from analysis.report.pdf import pdf_file
from analysis.report.word import word_file
from analysis.report.writing import UnknownFormatError, csv_bytes, harmless, write_report
from analysis.tables import Base, Cell, Row, Table
from forms.codebook import Measure
from tests.analysis.exports import make_export, rows

HOSTILE = (
    "<script>alert(1)</script> and <img src=x onerror=alert(2)> should be read as plain words, "
    "as somebody wrote them in answer to this question."
)
NEVER = {
    "confidential": "zebrawood canary words that were marked confidential and may be shown nowhere",
    "count_only": "quillwort canary words of somebody who asked to be counted and never quoted",
    "unknown": "umbrabird canary words of somebody who never said whether they may be published",
}
SECTIONS = [
    "answer", "asked", "received", "reading", "glance", "questions", "priorities", "next",
    "annex-tables", "annex-organisations", "annex-method", "annex-coding", "annex-questionnaire",
    "annex-differences",
]  # fmt: skip


def planted():
    """Make responses into which words are planted that must never be shown, and hostile ones."""
    made = rows(400, seed=3)
    asked = [row for row in made if row.get("asked.oq1_why")]
    plans = (
        ("with_name", "oq1_why", NEVER["confidential"]),
        ("count_only", "", NEVER["count_only"]),
        (None, "", NEVER["unknown"]),
        ("without_name", "", HOSTILE),
    )
    for row, (publication, confidential, words) in zip(asked, plans, strict=False):
        row |= {"publication": publication, "confidential": confidential, "oq1_why": words}
    asked[0]["organisation_name"] = "<b>Bold & Co</b>"
    for row in made[200:240]:
        row |= {"publication": "count_only", "organisation_name": "Never Named Ltd"}
    for row in asked[4:]:
        row["oq1_why"] = None
    return made


@pytest.fixture(scope="module")
def responses(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    make_export(folder, made=planted())
    return read_export(folder)


@pytest.fixture(scope="module")
def report(responses):
    return build_report(responses)


@pytest.fixture(scope="module")
def folder(responses, tmp_path_factory):
    written = tmp_path_factory.mktemp("written")
    write_report(responses, written)
    return written


@pytest.fixture(scope="module")
def page(report):
    return html_page(report)


@pytest.fixture(scope="module")
def document(page):
    return html.fromstring(page)


def test_the_page_holds_its_parts_in_the_order_in_which_they_are_read(document):
    found = [each.get("id") for each in document.iter("section") if each.get("id") in SECTIONS]

    assert found == SECTIONS


def test_the_page_has_one_first_heading_and_skips_no_level(document):
    levels = [int(each.tag[1]) for each in document.iter("h1", "h2", "h3", "h4", "h5")]

    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [(before, after) for before, after in pairwise(levels) if after > before + 1]
    assert jumps == []


def test_no_id_stands_twice_and_every_link_in_the_page_leads_somewhere(document):
    ids = document.xpath("//@id")
    links = {link[1:] for link in document.xpath("//a/@href")}

    assert sorted(ids) == sorted(set(ids))
    assert links - set(ids) == set()


def test_the_page_loads_nothing_and_runs_nothing(page, document):
    assert document.xpath("//script | //link | //iframe | //object | //img") == []
    assert document.xpath("//@style | //@src | //@onclick | //@onerror") == []
    assert re.findall(r"url\(|@import", page) == []


def test_every_picture_has_words_and_a_table_beside_it(document):
    pictures = document.xpath("//figure[.//*[local-name()='svg']][not(@class='map')]")

    assert len(pictures) >= 6
    for each in pictures:
        assert each.xpath(".//*[local-name()='title']/text()")
        assert each.xpath(".//*[local-name()='desc']/text()")
        assert each.xpath(".//table")
    glance = document.xpath("//section[@id='glance']")[0]
    assert len(glance.xpath(".//*[local-name()='svg']")) == 1
    assert len(glance.xpath(".//table")) == 1


def test_every_table_names_its_base(document):
    tables = document.xpath("//table[not(@class)]")

    assert tables
    assert all(each.xpath("./tfoot//th[starts-with(., 'Base: ')]") for each in tables)


def test_what_somebody_wrote_is_shown_as_words_and_never_as_markup(page, document):
    quotes = [each.text_content().strip() for each in document.xpath("//blockquote/p")]

    assert HOSTILE in quotes
    assert "<script" not in page
    assert "<b>Bold" not in page
    assert "<b>Bold & Co</b>" in [
        each.text_content() for each in document.xpath("//ul[@class='names']/li")
    ]


@pytest.mark.parametrize("kind", NEVER)
def test_words_that_may_not_be_shown_stand_in_no_file(folder, kind):
    canary = NEVER[kind].split()[0]

    everything = "".join(path.read_text("utf-8") for path in folder.rglob("*.*"))
    assert len(everything) > 10_000
    assert canary not in everything
    assert "Never Named Ltd" not in everything


def test_a_word_file_does_not_show_them_either(report):
    document = Document(io.BytesIO(word_file(report)))
    words = etree.tostring(document.element.body, encoding="unicode")

    assert [kind for kind, text in NEVER.items() if text.split()[0] in words] == []


def test_the_tables_of_a_report_withstand_an_attack(responses):
    counted = count(responses)
    answers = [table for table in counted.tables if table.variable is not None]

    result = attack(answers, 5, not_answers=not_answers(counted.codebook))
    assert result.exposed == ()
    assert result.hidden > 0


def test_a_report_of_made_up_responses_says_so_on_every_page(page, report):
    assert 'content: "SYNTHETIC' in page
    assert "SYNTHETIC" in html.fromstring(page).xpath("//p[@class='synthetic']")[0].text_content()
    header = Document(io.BytesIO(word_file(report))).sections[0].header.paragraphs[0].text
    assert header.startswith("SYNTHETIC")


def test_a_sentence_of_the_first_page_never_says_most_of_half_or_fewer(report):
    said = [*report.common, *report.splits]

    for sentence in said:
        for share in re.findall(r"[Mm]ost in [^;.]*?\((?:at least )?([0-9.]+)%", sentence):
            assert float(share) > 50


def test_tables_are_written_as_csv_that_reads_back(folder):
    with (folder / "tables" / "oq5_equal_penalty.csv").open(encoding="utf-8-sig") as file:
        lines = list(csv.reader(file))

    assert lines[0][:3] == ["", "Law enforcement number", "Law enforcement %"]
    assert [line[0] for line in lines[1:4]] == [
        "Equal penalties", "Lower for computer-generated material", "Other",
    ]  # fmt: skip
    names = {path.name for path in (folder / "tables").iterdir()}
    with (folder / "tables" / "index.csv").open(encoding="utf-8-sig") as file:
        index = {line[0] for line in list(csv.reader(file))[1:]}
    assert index == names - {"index.csv"}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell):
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"a{cell}") == f"a{cell}"


def test_csv_keeps_letters_and_line_ends():
    assert csv_bytes([("é", 'a "b"')]) == b'\xef\xbb\xbf\xc3\xa9,"a ""b"""\r\n'


def test_words_in_the_foot_of_a_page_cannot_leave_the_style_sheet():
    assert css_string('"</style>\\') == '"\\000022 \\00003c \\00002f style\\00003e \\00005c "'


def test_the_head_and_the_foot_of_a_pdf_keep_their_spaces(report):
    pages = pypdf.PdfReader(io.BytesIO(pdf_file(report))).pages
    said = " ".join(pages[1].extract_text().split())
    assert "SYNTHETIC: made-up responses" in said
    assert report.title in said


def test_an_unknown_format_is_refused_before_anything_is_written(responses, tmp_path):
    with pytest.raises(UnknownFormatError, match="no format odt: choose from html, docx, pdf"):
        write_report(responses, tmp_path / "out", formats=("odt",))
    assert not (tmp_path / "out").exists()


def test_a_word_file_has_headings_heading_rows_and_words_for_pictures(report):
    document = Document(io.BytesIO(word_file(report)))
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    pictures = [shape._inline.docPr for shape in document.inline_shapes]

    assert headings[0] == "The answer"
    assert "Annex E: the questionnaire" in headings
    assert all(
        table.rows[0]._tr.trPr is not None
        and table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        for table in document.tables
    )
    assert len(pictures) == len(report.charts)
    assert [each.get("descr") for each in pictures if not each.get("descr")] == []


def test_a_pdf_is_tagged_and_says_its_language(report):
    written = pdf_file(report)

    streams = re.findall(rb"stream\n(.*?)\nendstream", written, re.DOTALL)
    inside = b"".join(zlib.decompressobj().decompress(each) for each in streams if each[:1] == b"x")
    assert written.startswith(b"%PDF-")
    assert b"pdfuaid:part" in inside
    assert b"/Lang (en-GB)" in inside
    assert b"/MarkInfo" in inside


def test_the_same_export_gives_the_same_bytes_whatever_the_hash_seed(tmp_path):
    make_export(tmp_path / "export", responses=120, seed=5)
    code = (
        "import sys; from analysis.export import read_export; "
        "from analysis.report.writing import write_report; "
        "write_report(read_export(sys.argv[1]), sys.argv[2])"
    )
    digests = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "export"), str(out)],
            check=True,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        digests.append(
            {
                str(path.relative_to(out)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(out.rglob("*.*"))
            }
        )

    assert len(digests[0]) > 10
    assert digests[0] == digests[1]


def test_nobody_answering_is_a_report_and_no_crash(tmp_path):
    make_export(tmp_path / "export", made=[])
    report = build_report(read_export(tmp_path / "export"))

    assert html.fromstring(html_page(report)).xpath("//h1")[0].text == "A made-up consultation"


def test_nobody_agrees_or_splits_on_how_a_response_came_in(responses):
    made = count(responses)

    assert set(not_answers(made.codebook)) & set(made.standings) == set()
    assert made.standings


def few_of_one_group_write(group="civil_society", few=2):
    """Make responses of which only a few in one group answer the open question."""
    made = rows(120, seed=5)
    wrote = [row for row in made if row["group"] == group and row.get("oq1_why")]
    for row in wrote[few:]:
        row["oq1_why"] = None
    return made


def test_no_sentence_counts_the_writers_where_the_tables_hide_them(tmp_path):
    make_export(tmp_path, made=few_of_one_group_write())
    codebook = read_export(tmp_path).codebook
    made = build_report(read_export(tmp_path))
    table = next(each for each in made.tables if each.key == "oq1_why")
    hidden = [place for place, base in enumerate(table.bases) if base.hidden]
    assert len(table.columns) - 1 in hidden
    text = next(each.text for each in codebook.questions if each.key == "oq1_why")
    asked = [each for one in made.chapters for each in one.questions]
    (written,) = [each.written for each in asked if each.text == text and each.written]

    said = (*written.summary, *written.campaigns, *(each.shares for each in written.themes))
    assert re.findall(r"\d+", " ".join(said)) == []
    assert written.summary[0] == "How many wrote is hidden, as it would give a small count away."


def test_what_is_noted_of_a_response_stands_once(responses):
    made = build_report(responses)
    exhibits = [each.anchor for each in made.exhibits]
    assert len(exhibits) == len(set(exhibits))


def test_where_every_figure_is_hidden_nothing_is_drawn_and_it_is_said(tmp_path):
    make_export(tmp_path, made=rows(12, seed=2))
    made = build_report(read_export(tmp_path))
    hidden = [each for each in made.exhibits if each.unseen]
    assert hidden
    page = html_page(made)
    drawn = html.fromstring(page)
    for each in hidden:
        (figure,) = drawn.xpath(f"//figure[@id='{each.anchor}']")
        assert not figure.xpath(".//svg | .//table")
        cells = [
            row.cells[column.place]
            for table in each.tables
            for row in table.rows
            for column in columns_of(table)
        ]
        ending = "hidden." if all(cell.hidden for cell in cells) else "hidden or zero."
        assert f"Too few answered: every figure here is {ending}" in figure.text_content()
        assert not any(cell.count or cell.value for cell in cells)
    ids = set(drawn.xpath("//@id"))
    assert {link[1:] for link in drawn.xpath("//a/@href") if link.startswith("#")} <= ids
    words = [each.text for each in Document(io.BytesIO(word_file(made))).paragraphs]
    assert "Too few answered: every figure here is hidden." in words


def test_nothing_is_drawn_where_every_group_is_hidden(tmp_path):
    make_export(tmp_path, made=rows(25, seed=2))
    made = build_report(read_export(tmp_path))
    asked = made.exhibits[len(made.account) :]  # where people answer from is drawn of everybody
    drawn = [each for each in asked if each.chart is not None]
    assert drawn
    for each in drawn:
        assert not all(unseen(table, everybody=False) for table in each.tables), each.title


def test_a_table_without_figures_says_why_and_no_more():
    def table(*cells: Cell, base: Base) -> Table:
        return Table(
            key="asked",
            title="Asked",
            measure=Measure.NOMINAL,
            columns=("Industry", "All"),
            column_keys=("industry", "all"),
            rows=(Row("yes", "Yes", cells),),
            bases=(base, base),
        )

    hidden, zero, one = Cell(None, None, hidden=True), Cell(0, None), Cell(7, 100.0)
    some, none = Base(9, 9, 9), Base(9, 0, 0)
    assert not unseen(table(one, hidden, base=some))
    assert nothing_to_see(table(hidden, hidden, base=some)).endswith("is hidden.")
    assert nothing_to_see(table(zero, hidden, base=some)).endswith("is hidden or zero.")
    assert nothing_to_see(table(zero, zero, base=Base(0, 0, 0, hidden=True))).endswith("or zero.")
    assert unseen(table(zero, zero, base=none))
    assert nothing_to_see(table(zero, zero, base=none)) == "Nobody answered."


def test_a_table_of_the_one_group_that_was_asked_is_one_line_where_it_is_hidden():
    """The columns of the others hold zeros, which are not shown either."""
    hidden, zero = Cell(None, None, hidden=True), Cell(0, None)
    table = Table(
        key="asked",
        title="Asked",
        measure=Measure.NOMINAL,
        columns=("Industry", "Police", "All"),
        column_keys=("industry", "police", "all"),
        rows=(Row("yes", "Yes", (hidden, zero, hidden)),),
        bases=(Base(9, 9, 9), Base(0, 0, 0), Base(9, 9, 9)),
    )
    assert unseen(table)
    assert nothing_to_see(table) == "Too few answered: every figure here is hidden."
