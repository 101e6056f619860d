"""A made-up response, page by page, before anything is sent."""

from dataclasses import dataclass

import numpy as np

from app.services.demonstration.answering import answer
from app.services.demonstration.bank import leans, pick, words
from app.services.demonstration.people import Person
from forms.codebook import Measure
from forms.question import Question
from forms.questionnaire import Questionnaire, Section

OPT_OUT_SHARE = 0.05
Answers = dict[str, object]


@dataclass(frozen=True)
class Filled:
    """The pages in the order in which they are filled in, and the topics opted out of."""

    person: Person
    pages: tuple[tuple[Section, Answers], ...]
    opted_out: tuple[str, ...]

    @property
    def answered(self) -> tuple[Question, ...]:
        """The questions of topics with an answer."""
        return tuple(
            question
            for section, answers in self.pages
            if section.kind == "topic"
            for question in section.asked(self.given)
            if not question.blank(answers)
        )

    @property
    def given(self) -> Answers:
        """All answers together."""
        return {name: kept for _, answers in self.pages for name, kept in answers.items()}


def fill(rng: np.random.Generator, person: Person, questionnaire: Questionnaire) -> Filled:
    """Fill in every page that this person reaches."""
    known = by_role(rng, person, questionnaire)
    given: Answers = {}
    opted_out: list[str] = []
    pages: list[tuple[Section, Answers]] = []
    for section in questionnaire.sections:
        if section.kind == "topic" and section.key not in opted_out:
            reached = questionnaire.reached(section, given, opted_out)
            if reached and not person.campaigner and rng.random() < OPT_OUT_SHARE:
                opted_out.append(section.key)
        asked = section.asked(given) if questionnaire.reached(section, given, opted_out) else ()
        if not asked:
            continue
        answers: Answers = {}
        for question in asked:
            answers |= known.get(question.id) or answer(rng, person, question)
        pages.append((section, answers))
        given |= answers
    return Filled(person, tuple(pages), tuple(opted_out))


def by_role(
    rng: np.random.Generator, person: Person, questionnaire: Questionnaire
) -> dict[str, Answers]:
    """Return the answers, by question, that follow from who the person is."""
    roles = questionnaire.roles
    said: dict[str | None, object] = {
        roles.group: person.group,
        roles.capacity: person.capacity,
        roles.jurisdiction: [person.jurisdiction] if person.jurisdiction else None,
        roles.publication: person.publication,
        roles.organisation: person.name,
        roles.name: person.name if person.publication == "with_name" else None,
        roles.topics: choose_topics(rng, person, questionnaire),
    }
    said |= dict.fromkeys(roles.subtype, person.subtype)
    return {
        question.id: dict.fromkeys(question.answer_names) | {question.id: said[question.id]}
        for question in questionnaire.questions
        if question.id in said and fits(question, said[question.id])
    }


def fits(question: Question, said: object) -> bool:
    """Whether a questionnaire has the category at all: others than ours may not."""
    keys = {each.key for each in question.variables()[0].categories}
    return not keys or not isinstance(said, str) or said in keys


def choose_topics(
    rng: np.random.Generator, person: Person, questionnaire: Questionnaire
) -> list[str] | None:
    """Return the topics chosen, in order of the pages; None offers them all."""
    keys = [section.key for section in questionnaire.topics]
    if person.campaigner:
        return [key for key in keys if key in words().campaign.texts]
    count = pick(rng, leans().topic_counts)
    if count == "none":
        return None
    liked = leans().topics[person.camp]
    weights = np.array([liked.get(key, 1.0) for key in keys])
    size = min(int(count), len(keys))
    chosen = set(
        rng.choice(len(keys), size=size, replace=False, p=weights / weights.sum()).tolist()
    )
    return [key for place, key in enumerate(keys) if place in chosen]


def with_planted(filled: Filled, planted: str) -> Filled:
    """Return the pages with a sentence that screening finds, at the end of the last open answer."""
    pages = list(filled.pages)
    for place in range(len(pages) - 1, -1, -1):
        section, answers = pages[place]
        for question in section.asked(filled.given):
            first = question.variables()[0]
            if first.measure is Measure.TEXT and not first.identifying:
                before = answers[first.name]
                written = f"{before} {planted}" if before else planted
                pages[place] = (section, answers | {first.name: written})
                return Filled(filled.person, tuple(pages), filled.opted_out)
    return filled
