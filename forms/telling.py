"""Pydantic's errors in the words of somebody who writes a questionnaire."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from forms.question import TYPES
from forms.rules import suggestion

Place = tuple[str | int, ...]
WORDS: dict[str, str] = {
    "string_type": "text is wanted here",
    "string_too_short": "write some words here, or take the key out",
    "tuple_type": "a list is wanted here: put it in [ ] or write one item a line with -",
    "mapping_wanted": "a question has keys: id, type, text …",
    "model_type": "keys and values are wanted here, such as {key: …, label: …}",
    "dict_type": "keys and values are wanted here",
    "int_parsing": "a whole number is wanted here",
    "int_type": "a whole number is wanted here",
    "float_parsing": "a number is wanted here",
    "float_type": "a number is wanted here",
    "bool_parsing": "true or false is wanted here",
    "bool_type": "true or false is wanted here",
}


def tell(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Place, str]]:
    """Yield the place of each error below the model, and what to do about it."""
    details = error.errors()
    meant = {
        near
        for each in details
        if each["type"] == "extra_forbidden" and (near := nearest(each, model))
    }
    for each in details:
        if each["type"] == "said_elsewhere" or is_consequence(each, details):
            continue
        if each["type"] == "missing" and f": did you mean `{each['loc'][-1]}`?" in meant:
            continue
        below = ("type",) if each["type"] == "unknown_type" else ()
        yield (*each["loc"], *below), in_words(each, model)


def is_consequence(error: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Say whether a list is too short only because items in it could not be read."""
    loc = error["loc"]
    below = (each["loc"] for each in details if len(each["loc"]) > len(loc))
    return error["type"] == "too_short" and any(each[: len(loc)] == loc for each in below)


def nearest(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Suggest the key that a misspelt one was meant for."""
    own = (*model.model_fields, "scales", "neutral")
    return suggestion(str(error["loc"][-1]), own if len(error["loc"]) == 1 else nested_keys())


@cache
def nested_keys() -> tuple[str, ...]:
    """Return the keys of whatever questions contain: options, rows, points, clauses."""
    inside = (each.model_json_schema().get("$defs", {}) for each in TYPES.values())
    return tuple(
        sorted(
            {key for defs in inside for each in defs.values() for key in each.get("properties", {})}
        )
    )


def in_words(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what to do about one error."""
    kind, last = error["type"], error["loc"][-1] if error["loc"] else ""
    context: dict[str, Any] = error.get("ctx", {})
    if last in {"int", "float"}:
        return "a number is wanted here"
    if kind == "missing":
        return f"add `{last}`: it is missing"
    if kind == "extra_forbidden":
        return f"there is no key `{last}` here{nearest(error, model) or ': take it out'}"
    if kind in {"unknown_name", "unknown_type"}:
        return unknown(kind, context)
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind == "literal_error":
        return f"“{error['input']}” cannot stand here: write {context['expected']}"
    if kind in {"too_short", "too_long"}:
        return amount(kind, context)
    return WORDS.get(kind, f"{error['msg'][:1].lower()}{error['msg'][1:]}")


def unknown(kind: str, context: dict[str, Any]) -> str:
    """Say that a name is not known, and which are."""
    name, known = str(context["name"]), [str(each) for each in context["known"]]
    near = suggestion(name, known) or f": there are {', '.join(known) or 'none'}"
    if context["name"] is None:
        return f"add `type`: one of {', '.join(known)}"
    what = "question type" if kind == "unknown_type" else "scale or way out of the name"
    return f"there is no {what} `{name}`{near}"


def amount(kind: str, context: dict[str, Any]) -> str:
    """Say how many items a list must have."""
    there = context["actual_length"] or "none"
    if kind == "too_long":
        return f"at most {context['max_length']} are allowed here: there are {there}"
    return f"at least {context['min_length']} must stand here: there are {there}"
