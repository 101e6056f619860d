"""The whole questionnaire on paper."""

from io import BytesIO
from pathlib import Path

import docx
import pytest

from forms.loading import load_questionnaire
from forms.printing import ALL_VOLUNTARY, printed_body, printed_docx, printed_html
from forms.questionnaire import Questionnaire
from tests.forms.questionnaires import small


@pytest.fixture(name="questionnaire")
def questionnaire_fixture(tmp_path: Path) -> Questionnaire:
    return load_questionnaire(small(tmp_path, ("text: Which industry?", "text: Which <b>?")))


def test_every_question_and_every_answer_offered_is_printed(questionnaire: Questionnaire) -> None:
    page = printed_html(questionnaire)

    for question in questionnaire.questions:
        for words in (question.text, *question.paper().boxes, *question.paper().rows):
            assert words.replace("<", "&lt;").replace(">", "&gt;") in page


def test_what_an_author_writes_is_never_markup(questionnaire: Questionnaire) -> None:
    assert "<h3>2.1 Which &lt;b&gt;?</h3>" in printed_body(questionnaire)


def test_a_reader_is_told_what_needs_an_answer_and_who_is_asked(
    questionnaire: Questionnaire,
) -> None:
    body = printed_body(questionnaire)

    assert "<p>This question needs an answer.</p>" in body
    assert "<p>Asked only if you answer “Industry” to “Which group do you answer for?”.</p>" in body


def test_paragraphs_of_an_introduction_are_kept_apart(questionnaire: Questionnaire) -> None:
    assert "<p>First paragraph.</p>\n<p>Second paragraph.</p>" in printed_body(questionnaire)


def test_the_word_file_says_the_same_in_headings_and_a_grid(questionnaire: Questionnaire) -> None:
    document = docx.Document(BytesIO(printed_docx(questionnaire)))
    headings = [p.text for p in document.paragraphs if p.style and p.style.name == "Heading 2"]
    grid = [[cell.text for cell in row.cells] for row in document.tables[0].rows]

    assert headings == [
        "1.1 Which group do you answer for?",
        "2.1 Which <b>?",
        "3.1 Which topics?",
        "4.1 How far do you agree?",
        "4.2 Why?",
        "4.3 What does it cost?",
        "5.1 How do you see these?",
        "5.2 In your words?",
        "6.1 What about weights?",
    ]
    assert grid == [
        ["", "Disagree", "Neither", "Agree", "Don’t know"],
        ["The first", "☐", "☐", "☐", "☐"],
        ["The second", "☐", "☐", "☐", "☐"],
    ]
    assert document.core_properties.title == "A small consultation"
    assert ALL_VOLUNTARY in [paragraph.text for paragraph in document.paragraphs]
