"""Whom a question can reach: its conditions together with the conditions of what they look at."""

from collections.abc import Iterable

from forms.codebook import Measure
from forms.section import Section

Needs = dict[str, tuple[str, ...]]


def needs_of_questions(sections: Iterable[Section]) -> dict[str, Needs]:
    """Return what must have been answered to meet each question: values by answer.

    An answer without a value left means that nobody meets the question. One pass is enough, since
    conditions only look back. Several choices at once can meet several conditions, so only answers
    of a single value narrow each other.
    """
    of_answer: dict[str, Needs] = {}
    of_question: dict[str, Needs] = {}
    several: set[str] = set()
    for section in sections:
        for question in section.questions:
            needs: Needs = {}
            for clause in (*section.ask_if, *question.ask_if):
                theirs = of_answer.get(clause.answer, {})
                for name, values in (*theirs.items(), (clause.answer, clause.any_of)):
                    left = needs.get(name, values)
                    both = tuple(value for value in left if value in values)
                    needs[name] = values if name in several else both
            of_question[question.id] = needs
            of_answer |= dict.fromkeys(question.answer_names, needs)
            several |= {v.name for v in question.variables() if v.measure is Measure.SEVERAL}
    return of_question
