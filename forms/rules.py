"""What a questionnaire must be beyond its shape: the rules that an author can break.

Each rule yields what is mistaken, the keys below it that lead to the mistake, and what to do.
Longer than other files: it is a list, one method a rule, and reads as one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from forms.codebook import Measure, Variable
from forms.conditions import Clause
from forms.question import Question
from forms.questionnaire import Questionnaire, Section
from forms.system import SYSTEM_SECTION, is_reserved, topic_variable_name

CONDITIONAL = (Measure.NOMINAL, Measure.ORDINAL, Measure.SEVERAL)
LEADING = (*CONDITIONAL, Measure.RANKING)
FIELD_ENDINGS = ("way_out", "hint", "error")  # ids of the page that fields of items must not take
ROLE_MEASURES: dict[str, tuple[Measure, ...]] = {
    "group": (Measure.NOMINAL,),
    "subtype": (Measure.NOMINAL,),
    "capacity": (Measure.NOMINAL,),
    "jurisdiction": (Measure.JURISDICTION,),
    "publication": (Measure.NOMINAL,),
    "organisation": (Measure.TEXT,),
    "name": (Measure.TEXT,),
    "topics": (Measure.SEVERAL,),
}


@dataclass(frozen=True)
class Broken:
    """A rule that is broken: by what, where below it, and what to do."""

    thing: object
    keys: tuple[str | int, ...]
    message: str


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return “did you mean …?” where something known is spelt nearly so."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f": did you mean `{near[0]}`?" if near else ""


def one_of(names: Iterable[str]) -> str:
    """Say which names there are to choose from."""
    found = list(names)
    return f"name one of {', '.join(found)}" if found else "take the line out"


def broken_rules(questionnaire: Questionnaire, unread: tuple[str, ...] = ()) -> Iterator[Broken]:
    """Yield every broken rule.

    `unread` names questions that could not be read; nothing is said that may be only their fault.
    """
    rules = Rules(questionnaire, unread)
    yield from rules.names()
    yield from rules.wording()
    yield from rules.topics()
    yield from rules.roles()
    astray = [*rules.conditions(), *rules.reach(), *rules.serving(), *rules.leads()]
    yield from astray
    if not unread and not astray:
        yield from rules.coverage()


@dataclass(frozen=True)
class Rules:
    """The rules, with what they look things up in."""

    questionnaire: Questionnaire
    unread: tuple[str, ...]

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """Every variable by its name, with its section."""
        return {each.name: each for each in self.questionnaire.variables()}

    @cached_property
    def order(self) -> dict[str, int]:
        """The number of each section by its key."""
        return {each.key: number for number, each in enumerate(self.questionnaire.sections)}

    def may_be_unread(self, name: str) -> bool:
        """Say whether the name may belong to a question that could not be read."""
        return any(name == each or name.startswith(f"{each}_") for each in self.unread)

    def names(self) -> Iterator[Broken]:
        """Every section, question, answer and option has a name of its own."""
        sections: set[str] = {SYSTEM_SECTION.key}
        taken: dict[str, str] = {}
        for section in self.questionnaire.sections:
            if section.key in sections:
                wrong = f"there is already a section `{section.key}`: give this one another key"
                yield Broken(section, ("key",), wrong)
            sections.add(section.key)
            for question in section.questions:
                yield from self.names_of(question, taken)
        yield from self.open_question_names()

    def names_of(self, question: Question, taken: dict[str, str]) -> Iterator[Broken]:
        """Its answers are called like no others, and its options differ."""
        if taken.get(question.id) == question.id:
            wrong = f"there is already a question `{question.id}`: give this one another id"
            yield Broken(question, ("id",), wrong)
            return
        for name in dict.fromkeys((question.id, *question.answer_names)):
            if name in taken:
                wrong = f"its answer `{name}` is also one of `{taken[name]}`: rename either"
                yield Broken(question, ("id",), wrong)
            if is_reserved(name):
                wrong = f"`{name}` is kept for what the service itself notes: rename it"
                yield Broken(question, ("id",), wrong)
            taken.setdefault(name, question.id)
        yield from self.option_names(question)

    def option_names(self, question: Question) -> Iterator[Broken]:
        """No two options, points, rows or ways out of a question have one key or one wording."""
        repeated = [name for name, n in Counter(question.answer_names).items() if n > 1]
        for name in repeated:
            row = name.removeprefix(f"{question.id}_")
            yield Broken(question, ("rows",), f"two rows have the key `{row}`: rename one")
        variables = question.variables()
        if not variables:
            return
        categories = variables[0].categories
        for key, n in Counter(each.key for each in categories).items():
            if n > 1:
                wrong = f"two of its answers have the key `{key}`: rename one"
                yield Broken(question, self.where_options(question), wrong)
            if key in FIELD_ENDINGS and f"{question.id}-{key}" in question.unbound:
                wrong = f"the key `{key}` is kept for a part of the page: rename it"
                yield Broken(question, self.where_options(question), wrong)
        for label, n in Counter(each.label for each in categories).items():
            if n > 1:
                wrong = f"two of its answers read “{label}”: reword one"
                yield Broken(question, self.where_options(question), wrong)

    def where_options(self, question: Question) -> tuple[str, ...]:
        """Return the key of the file under which the question has its options."""
        keys = [key for key in ("options", "points") if key in type(question).model_fields]
        return tuple(keys[:1])

    def open_question_names(self) -> Iterator[Broken]:
        """Every open question has a key of its own, and a title."""
        keys = Counter(each.key for each in self.questionnaire.open_questions)
        for each in self.questionnaire.open_questions:
            if keys[each.key] > 1:
                wrong = f"`{each.key}` stands here more than once: give each its own key"
                yield Broken(each, ("key",), wrong)
            if not each.title.strip():
                yield Broken(each, ("title",), f"write the title of {each.key}")

    def wording(self) -> Iterator[Broken]:
        """Every option has words, and each type's own rules hold."""
        for question in self.questionnaire.questions:
            for keys, message in question.rules():
                yield Broken(question, (keys,), message)
            blank = {
                category.key
                for variable in question.variables()
                for category in variable.categories
                if not category.label.strip()
            }
            for key in sorted(blank):
                wrong = f"`{key}` has no wording: write its label"
                yield Broken(question, self.where_options(question), wrong)

    def conditions(self) -> Iterator[Broken]:
        """Conditions name answers of earlier sections, and values that those can have."""
        for section in self.questionnaire.sections:
            things: tuple[Section | Question, ...] = (section, *section.questions)
            for thing in things:
                for clause in thing.ask_if:
                    wrong = self.wrong_with(clause, section)
                    if wrong:
                        yield Broken(thing, ("ask_if", clause.answer), wrong)

    def wrong_with(self, clause: Clause, section: Section) -> str | None:
        """Say what to do about a clause, or nothing."""
        variable = self.variables.get(clause.answer)
        if variable is None:
            if self.may_be_unread(clause.answer):
                return None
            near = suggestion(clause.answer, list(self.variables))
            return f"no question has the answer `{clause.answer}`" + (
                near or ": name one of an earlier section"
            )
        if variable.measure not in CONDITIONAL:
            return f"`{clause.answer}` is not answered by choosing: a condition needs a choice"
        here, there = self.order[section.key], self.order[variable.section]
        if there == here:
            return (
                f"`{clause.answer}` is asked in this same section: conditions look back to an "
                "earlier section, so move one of the two"
            )
        if there > here:
            return (
                f"`{clause.answer}` is asked only later, in section `{variable.section}`: "
                "conditions look back to an earlier section"
            )
        known = [category.key for category in variable.categories]
        for value in clause.any_of:
            if value not in known:
                near = suggestion(value, known) or f": it can be {', '.join(known)}"
                return f"`{clause.answer}` is never `{value}`{near}"
        return None

    def reach(self) -> Iterator[Broken]:
        """Somebody can meet every question and every section."""
        for section in self.questionnaire.sections:
            unreachable = [
                question
                for question in section.questions
                if not self.questionnaire.can_be_asked(question)
            ]
            if len(unreachable) == len(section.questions):
                wrong = "nobody can reach this section: its conditions exclude each other"
                yield Broken(section, ("ask_if",), wrong)
                continue
            for question in unreachable:
                wrong = "nobody can be asked this: its conditions exclude each other"
                yield Broken(question, ("ask_if",), wrong)

    def topics(self) -> Iterator[Broken]:
        """The topics page comes before the topics and offers exactly them."""
        name = self.questionnaire.roles.topics
        variable = self.variables.get(name) if name else None
        if variable is None or variable.measure is not Measure.SEVERAL:
            return
        offered = {each.key for each in variable.substantive}
        question = self.questionnaire.question(variable.question)
        for section in self.questionnaire.topics:
            if len(topic_variable_name(section.key)) > 60:
                yield Broken(section, ("key",), "shorten this key to 54 characters")
            if self.order[section.key] < self.order[variable.section]:
                wrong = f"move this topic after section `{variable.section}`, where it is chosen"
                yield Broken(section, ("key",), wrong)
            if section.key not in offered:
                wrong = f"nobody can choose this topic: add it to the options of `{name}`"
                yield Broken(section, ("key",), wrong)
        for key in sorted(offered - {each.key for each in self.questionnaire.topics}):
            if not self.unread:
                yield Broken(question, ("options",), f"there is no topic section `{key}`")

    def roles(self) -> Iterator[Broken]:
        """Every role is played by a variable that can play it."""
        roles = self.questionnaire.roles
        for role in ("verified", "channel"):
            if getattr(roles, role) is not None:
                yield Broken(roles, (role,), f"take out `{role}`: the service itself fills it in")
        for role, measures in ROLE_MEASURES.items():
            played = getattr(roles, role)
            for name in (played,) if isinstance(played, str) else played or ():
                variable = self.variables.get(name)
                if variable is None and not self.may_be_unread(name):
                    near = suggestion(name, list(self.variables))
                    yield Broken(roles, (role,), f"no question has the answer `{name}`{near}")
                if variable is not None and variable.measure not in measures:
                    wanted = " or ".join(measures)
                    wrong = f"`{name}` is measured as {variable.measure}; `{role}` needs {wanted}"
                    yield Broken(roles, (role,), wrong)

    def serving(self) -> Iterator[Broken]:
        """Questions serve open questions that there are."""
        known = [each.key for each in self.questionnaire.open_questions]
        for question in self.questionnaire.questions:
            for served in question.serves:
                if served not in known:
                    near = suggestion(served, known)
                    wrong = f"there is no open question `{served}`{near}"
                    yield Broken(question, ("serves",), wrong)

    def leads(self) -> Iterator[Broken]:
        """What stands for an open question at a glance is a closed variable that serves it."""
        for each in self.questionnaire.open_questions:
            if each.lead is None or self.may_be_unread(each.lead):
                continue
            serving = self.could_lead(each.key)
            if each.lead not in serving:
                known = each.lead in self.variables
                near = suggestion(each.lead, serving)
                wrong = (
                    f"`{each.lead}` is no closed answer that serves {each.key}"
                    if known
                    else f"no question has the answer `{each.lead}`"
                )
                yield Broken(each, ("lead",), wrong + (near or f": {one_of(serving)}"))

    def could_lead(self, open_question: str) -> list[str]:
        """Name the variables that could stand for an open question."""
        served = {
            question.id
            for question in self.questionnaire.questions
            if question.kind == "closed" and open_question in question.serves
        }
        return [
            each.name
            for each in self.variables.values()
            if each.question in served and each.measure in LEADING
        ]

    def coverage(self) -> Iterator[Broken]:
        """Every open question is served by a closed and an open one, and put to every group."""
        rows = self.questionnaire.coverage()
        for each in self.questionnaire.open_questions:
            own = [row for row in rows if row.open_question == each.key]
            for kind in ("closed", "open"):
                if not any(getattr(row, kind) for row in own):
                    wrong = f"no {kind} question serves {each.key}: add it to `serves` of one"
                    yield Broken(each, (), wrong)
            for row in own:
                if row.closed + row.open == 0:
                    wrong = f"{each.key} asks the group `{row.group}` nothing: let them answer one"
                    yield Broken(each, (), wrong)
