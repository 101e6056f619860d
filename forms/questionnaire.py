"""A questionnaire: sections of questions, who is asked what, and what their answers mean.

Longer than other files, because everything that a frozen document can be asked stands in one class.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr, StringConstraints

import forms.questions  # noqa: F401  # finds every type, so that questions can be read
from forms.codebook import (
    AskedQuestion,
    Codebook,
    Frozen,
    Key,
    OpenQuestion,
    Roles,
    SectionTitle,
    Variable,
)
from forms.conditions import holds
from forms.question import Answers, Question, Words
from forms.reach import Needs, needs_of_questions
from forms.section import Section
from forms.system import SYSTEM_SECTION, system_questions, topic_state, topic_variable_name

__all__ = ["Coverage", "Questionnaire", "Section"]


@dataclass(frozen=True)
class Coverage:
    """How many questions of each kind serve an open question, and ask this group."""

    open_question: str
    title: str
    group: str
    closed: int
    open: int


class Questionnaire(Frozen):
    """What is asked, in order, spelled out in full; known by its digest once frozen.

    `opted_out` is always the keys of topic sections that the respondent has turned down.
    """

    key: Key
    version: Words
    language: Annotated[str, StringConstraints(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    title: Words
    summary: str = ""
    roles: Roles
    open_questions: tuple[OpenQuestion, ...] = ()
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]

    _document: str = PrivateAttr("")

    def model_post_init(self, context: Any, /) -> None:
        """Write the document once: what it says then is what the digest vouches for."""
        super().model_post_init(context)
        self._document = canonical(self.model_dump(mode="json"))

    def __hash__(self) -> int:
        """Hash the document alone: fast enough to be looked up at every request."""
        return hash(self._document)

    @classmethod
    def from_json(cls, document: str) -> Self:
        """Read a frozen document. It stays as it was, also where later code knows more keys."""
        content = json.loads(document)
        questionnaire = cls.model_validate(content)
        questionnaire._document = canonical(content)  # noqa: SLF001  # one of our own, just made
        return questionnaire

    def to_json(self) -> str:
        """Return the document, always the same for the same questionnaire."""
        return self._document

    @property
    def digest(self) -> str:
        """SHA-256 of the document, in hexadecimal."""
        return hashlib.sha256(self._document.encode()).hexdigest()

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question in order."""
        return tuple(each for section in self.sections for each in section.questions)

    @cached_property
    def topics(self) -> tuple[Section, ...]:
        """The topic sections in order."""
        return tuple(section for section in self.sections if section.kind == "topic")

    @cached_property
    def _topic_keys(self) -> tuple[str, ...]:
        """The keys of the topic sections, in order."""
        return tuple(section.key for section in self.topics)

    def section(self, key: str) -> Section:
        """Return the section of that key.

        Raises
        ------
        KeyError
            There is none.
        """
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def question(self, key: str) -> Question:
        """Return the question of that key.

        Raises
        ------
        KeyError
            There is none.
        """
        for question in self.questions:
            if question.id == key:
                return question
        raise KeyError(key)

    def walk(
        self, answers: Answers, opted_out: Collection[str] = ()
    ) -> Iterator[tuple[Section, tuple[Question, ...], dict[str, object]]]:
        """Yield each section reached, its questions asked, and the answers settled with it.

        One pass is enough: conditions look at earlier sections, whose answers are settled by then.
        """
        settled: dict[str, object] = {}
        for section in self.sections:
            if not self.reached(section, settled, opted_out):
                continue
            asked = section.asked(settled)
            names = (name for question in asked for name in question.answer_names)
            settled = settled | {name: answers[name] for name in names if name in answers}
            if asked:
                yield section, asked, settled

    def reached(self, section: Section, settled: Answers, opted_out: Collection[str]) -> bool:
        """Say whether the section is put to this respondent, if it has anything to ask."""
        if not holds(section.ask_if, settled):
            return False
        return section.kind != "topic" or self.topic_state(section, settled, opted_out) == "offered"

    def topic_state(self, section: Section, settled: Answers, opted_out: Collection[str]) -> str:
        """Return `offered`, `opted_out` or `not_chosen` for a topic section."""
        chosen = settled.get(self.roles.topics) if self.roles.topics else None
        return topic_state(section.key, chosen, self._topic_keys, opted_out)

    def route(self, answers: Answers, opted_out: Collection[str] = ()) -> tuple[Section, ...]:
        """Return the sections with something to ask this respondent, in order."""
        return tuple(section for section, _, _ in self.walk(answers, opted_out))

    def asked(self, answers: Answers, opted_out: Collection[str] = ()) -> tuple[str, ...]:
        """Return the keys of the questions reached, in order."""
        walk = self.walk(answers, opted_out)
        return tuple(question.id for _, asked, _ in walk for question in asked)

    def settle(self, answers: Answers, opted_out: Collection[str] = ()) -> dict[str, object]:
        """Return the answers to questions really reached. The draft itself stays as it is."""
        settled: dict[str, object] = {}
        for _, _, settled in self.walk(answers, opted_out):  # noqa: B007  # the last one is wanted
            pass
        return settled

    def record(self, answers: Answers, opted_out: Collection[str] = ()) -> dict[str, object]:
        """Return the columns of the export for one respondent: every one of them, in order.

        `verified` and `channel` are asked of everybody and left null, for the app to fill in.
        """
        row = dict(self._row_of_nobody)
        settled: dict[str, object] = {}
        for _, asked, settled in self.walk(answers, opted_out):
            for question in asked:
                row[f"asked.{question.id}"] = True
                row |= question.record(settled)
        return row | self.record_system(settled, opted_out)

    @cached_property
    def _row_of_nobody(self) -> dict[str, object]:
        """The columns of somebody who was asked nothing."""
        row: dict[str, object] = {}
        for question in self.questions:
            row |= {f"asked.{question.id}": False, **question.record({})}
        return row

    def record_system(self, settled: Answers, opted_out: Collection[str]) -> dict[str, object]:
        """Return the columns of the variables that no question asks for."""
        row: dict[str, object] = {}
        for name in ("verified", "channel"):
            row |= {f"asked.{name}": True, name: None}
        for section in self.topics:
            offered = holds(section.ask_if, settled) and bool(section.asked(settled))
            name = topic_variable_name(section.key)
            state = self.topic_state(section, settled, opted_out) if offered else None
            row |= {f"asked.{name}": offered, name: state}
        return row

    def variables(self) -> tuple[Variable, ...]:
        """Return every variable that a question asks for, in order."""
        return tuple(
            variable
            for section in self.sections
            for question in section.questions
            for variable in question.variables(section.key)
        )

    @cached_property
    def _variables_by_name(self) -> dict[str, Variable]:
        """Every variable that a question asks for, by its name."""
        return {variable.name: variable for variable in self.variables()}

    def variable(self, name: str) -> Variable:
        """Return the variable of that name.

        Raises
        ------
        KeyError
            No question asks for it.
        """
        return self._variables_by_name[name]

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The keys of the stakeholder groups, in order."""
        variable = self._variables_by_name.get(self.roles.group)
        return tuple(each.key for each in variable.substantive) if variable else ()

    def groups_asked(self, question: Question) -> tuple[str, ...]:
        """Return the groups that can meet the question, in order, by its conditions and theirs."""
        if not self.can_be_asked(question):
            return ()
        needed = self._needs.get(question.id, {}).get(self.roles.group, self.groups)
        return tuple(group for group in self.groups if group in needed)

    def can_be_asked(self, question: Question) -> bool:
        """Say whether the conditions of the question, and theirs in turn, can hold together."""
        return all(self._needs.get(question.id, {}).values())

    @cached_property
    def _needs(self) -> dict[str, Needs]:
        """What must have been answered to meet each question."""
        return needs_of_questions(self.sections)

    def codebook(self) -> Codebook:
        """Return the codebook: every variable, with those that the service itself fills in."""
        system = system_questions(self.topics)
        return Codebook(
            questionnaire=self.key,
            version=self.version,
            title=self.title,
            digest=self.digest,
            language=self.language,
            roles=self.roles.model_copy(update={"verified": "verified", "channel": "channel"}),
            open_questions=self.open_questions,
            sections=(
                *(SectionTitle(key=s.key, title=s.title, kind=s.kind) for s in self.sections),
                SYSTEM_SECTION,
            ),
            questions=(
                *(
                    self.as_asked(question, section)
                    for section in self.sections
                    for question in section.questions
                ),
                *(asked for asked, _ in system),
            ),
            variables=(*self.variables(), *(variable for _, variable in system)),
        )

    def as_asked(self, question: Question, section: Section) -> AskedQuestion:
        """Return what the analysis needs to know of a question. No groups means all of them."""
        groups = self.groups_asked(question)
        return AskedQuestion(
            key=question.id,
            text=question.text,
            hint=question.hint,
            section=section.key,
            kind=question.kind,
            type=question.type,
            serves=question.serves,
            groups=() if groups == self.groups else groups,
        )

    def coverage(self) -> tuple[Coverage, ...]:
        """Return one row an open question and group: how many questions of each kind ask it."""
        counts: Counter[tuple[str, str, str]] = Counter(
            (served, group, question.kind)
            for question in self.questions
            for served in question.serves
            for group in self.groups_asked(question)
        )
        return tuple(
            Coverage(
                open_question=each.key,
                title=each.title,
                group=group,
                closed=counts[each.key, group, "closed"],
                open=counts[each.key, group, "open"],
            )
            for each in self.open_questions
            for group in self.groups
        )


def canonical(content: Mapping[str, object]) -> str:
    """Return JSON with sorted keys and no space, the same on every machine and version."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
