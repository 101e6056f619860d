"""From a YAML file to a questionnaire, or to a list of mistakes that its author can mend.

A little longer than other files: the reader and its entry points belong together.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from forms.codebook import Category, Roles
from forms.presets import Presets, ScalePoints
from forms.question import TYPES, AnyQuestion, Question
from forms.questionnaire import Questionnaire, Section
from forms.rules import broken_rules
from forms.strict_yaml import Document, Mistake, MistakesError, Place, read
from forms.telling import tell

__all__ = ["Mistake", "MistakesError", "check", "load_questionnaire"]

QUESTION: TypeAdapter[Question] = TypeAdapter(AnyQuestion)
SCALE: TypeAdapter[tuple[Category, ...]] = TypeAdapter(ScalePoints)
STAND_INS: Mapping[str, object] = {
    "key": "unnamed",
    "version": "0",
    "language": "en",
    "title": "Untitled",
    "summary": "",
    "open_questions": [],
}


def load_questionnaire(path: Path | str) -> Questionnaire:
    """Return the questionnaire in a file.

    Raises
    ------
    MistakesError
        The file cannot be used: all its mistakes, each with its line and what to do.
    """
    questionnaire, mistakes = check(Path(path))
    if mistakes or questionnaire is None:
        raise MistakesError(mistakes)
    return questionnaire


def check(path: Path) -> tuple[Questionnaire | None, tuple[Mistake, ...]]:
    """Return what could be read of the file, and every mistake in it in the order of its lines.

    With mistakes the questionnaire is fit for looking at only: parts may be missing.
    """
    try:
        document = read(path)
    except MistakesError as error:
        return None, error.mistakes
    questionnaire = Reading(document).questionnaire()
    mistakes = sorted(dict.fromkeys(document.mistakes), key=lambda each: each.line)
    return questionnaire, tuple(mistakes)


class Reading:
    """Reads part by part, so that a mistake in one hides none in another."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.places: dict[int, Place] = {}
        self.unread: list[str] = []
        content = document.content
        if not isinstance(content, dict):
            document.complain(1, "a questionnaire begins with keys: key, version, title …")
            content = {}
        self.content: dict[str, Any] = content

    def questionnaire(self) -> Questionnaire | None:
        """Return the questionnaire; complain of its shape, and of every rule that it breaks."""
        presets = self.presets()
        raw_sections = listed(self.content.get("sections"))
        sections = [
            section
            for number, raw in enumerate(raw_sections)
            if (section := self.section(raw, ("sections", number), presets)) is not None
        ]
        own = self.content.items()
        content = {key: value for key, value in own if key not in {"scales", "neutral"}}
        if raw_sections:
            content["sections"] = sections
        questionnaire = self.whole(content)
        if questionnaire is None:
            return None
        self.places[id(questionnaire.roles)] = ("roles",)
        for number, each in enumerate(questionnaire.open_questions):
            self.places[id(each)] = ("open_questions", number)
        for broken in broken_rules(questionnaire, tuple(self.unread)):
            if id(broken.thing) in self.places:
                place = (*self.places[id(broken.thing)], *broken.keys)
                self.complain(place, broken.message)
        return questionnaire

    def whole(self, content: dict[str, Any]) -> Questionnaire | None:
        """Return the questionnaire; where its own keys are mistaken, with stand-ins for them."""
        try:
            return Questionnaire.model_validate(content)
        except ValidationError as error:
            told_already = "sections" if listed(self.content.get("sections")) else ""
            self.tell_all(error, (), Questionnaire, but_not=told_already)
        if not listed(content.get("sections")):
            return None
        sound = {
            key: value if is_sound(key, value) else STAND_INS[key]
            for key, value in {**STAND_INS, **content}.items()
            if key in Questionnaire.model_fields and key != "roles"
        }
        roles = content.get("roles") if is_sound("roles", content.get("roles")) else None
        return Questionnaire.model_validate({**sound, "roles": roles or Roles(group="group")})

    def presets(self) -> Presets:
        """Return the named scales, ways out and topics that questions may refer to."""
        scales: dict[str, tuple[Category, ...] | None] = {}
        for name, raw in keyed(self.content.get("scales")).items():
            try:
                scales[name] = None if isinstance(raw, str) else SCALE.validate_python(raw)
            except ValidationError as error:
                scales[name] = None
                self.tell_all(error, ("scales", name), Category)
            if isinstance(raw, str):
                self.complain(("scales", name), "list the points of this scale")
        neutral: dict[str, str | None] = {}
        for key, label in keyed(self.content.get("neutral")).items():
            neutral[key] = label if isinstance(label, str) and label.strip() else None
            if neutral[key] is None:
                self.complain(("neutral", key), f"write the wording of `{key}`")
        topics = tuple(
            {"key": raw["key"], "label": raw["title"]}
            for raw in listed(self.content.get("sections"))
            if isinstance(raw, dict) and raw.get("kind") == "topic" and {"key", "title"} <= set(raw)
        )
        return Presets(scales=scales, neutral=neutral, topics=topics)

    def section(self, raw: object, place: Place, presets: Presets) -> Section | None:
        """Return a section with those of its questions that could be read, or None."""
        content = keyed(raw)
        raw_questions = listed(content.get("questions"))
        questions = [
            question
            for number, each in enumerate(raw_questions)
            if (question := self.question(each, (*place, "questions", number), presets)) is not None
        ]
        if not isinstance(raw, dict):
            self.complain(place, "a section has keys: key, kind, title, questions …")
            return None
        try:
            section = Section.model_validate({**content, "questions": questions or raw_questions})
        except ValidationError as error:
            told_already = "questions" if raw_questions else ""
            self.tell_all(error, place, Section, but_not=told_already)
            self.unread += [question.id for question in questions]
            return None
        self.places[id(section)] = place
        return section

    def question(self, raw: object, place: Place, presets: Presets) -> Question | None:
        """Return a question, or None after complaining."""
        try:
            question = QUESTION.validate_python(raw, context=presets)
        except ValidationError as error:
            self.tell_all(error, place, model_of(raw))
            self.unread.append(str(keyed(raw).get("id", "")))
            return None
        self.places[id(question)] = place
        return question

    def tell_all(
        self, error: ValidationError, place: Place, model: type[BaseModel], but_not: str = ""
    ) -> None:
        """Complain of each error in the words of an author."""
        for loc, message in tell(error, model):
            if not but_not or but_not not in loc[:1]:
                self.complain((*place, *loc), message)

    def complain(self, place: Place, message: str) -> None:
        """Note a mistake at a place of the file."""
        self.document.complain(self.document.line(place), message)


def is_sound(key: str, value: object) -> bool:
    """Say whether the value could stand under this key of a questionnaire."""
    field = Questionnaire.model_fields[key]
    try:
        TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError:
        return False
    return True


def listed(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def keyed(value: object) -> dict[str, Any]:
    """Return the value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def model_of(raw: object) -> type[BaseModel]:
    """Return the type that a raw question names, or the base."""
    return TYPES.get(str(keyed(raw).get("type")), Question)
