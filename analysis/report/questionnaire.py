"""The questionnaire as an annex: every question as it was asked."""

from analysis.report.content import AskedLine, AskedSection
from forms.codebook import AskedQuestion, Codebook

LONG_LIST = 40


def questionnaire(codebook: Codebook) -> tuple[AskedSection, ...]:
    """Give every page of the questionnaire with its questions, in order."""
    pages = []
    for section in codebook.sections:
        lines = tuple(
            line(codebook, question)
            for question in codebook.questions
            if question.section == section.key
        )
        if lines:
            pages.append(AskedSection(section.title, lines))
    return tuple(pages)


def line(codebook: Codebook, question: AskedQuestion) -> AskedLine:
    """Give one question with its rows and answers."""
    variables = codebook.of_question(question.key)
    answers = variables[0].categories if variables else ()
    labels = tuple(category.label for category in answers)
    groups = [group.label for group in codebook.groups if group.key in question.groups]
    return AskedLine(
        text=question.text,
        hint=question.hint or "",
        serves=", ".join(question.serves),
        asked_of=f"Asked of: {', '.join(groups)}." if groups else "",
        rows=tuple(variable.row for variable in variables if variable.row),
        answers=labels if len(labels) <= LONG_LIST else (*labels[:LONG_LIST], "…"),
    )
