"""What an author may name instead of writing out: scales, ways out, the list of topics.

All of it is spelled out when the file is read, so that a frozen document says every word itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from forms.codebook import Category


@dataclass(frozen=True)
class Presets:
    """What an author may name instead of spelling it out. A name with None is mistaken itself."""

    scales: Mapping[str, tuple[Category, ...] | None] = field(default_factory=dict)
    neutral: Mapping[str, str | None] = field(default_factory=dict)
    topics: tuple[Mapping[str, str], ...] = ()


def known_way_out(value: object, info: ValidationInfo) -> object:
    """Replace the name of a way out by its key and wording."""
    if not isinstance(value, str):
        return value
    neutral = info.context.neutral if isinstance(info.context, Presets) else {}
    if value not in neutral:
        raise PydanticCustomError("unknown_name", "{name}", {"name": value, "known": list(neutral)})
    label = neutral[value]
    if label is None:
        raise PydanticCustomError("said_elsewhere", "the way out is mistaken")
    return Category(key=value, label=label, substantive=False)


def known_scale(value: object, info: ValidationInfo) -> object:
    """Replace the name of a scale by its points."""
    if not isinstance(value, str):
        return value
    scales = info.context.scales if isinstance(info.context, Presets) else {}
    if value not in scales:
        raise PydanticCustomError("unknown_name", "{name}", {"name": value, "known": list(scales)})
    if scales[value] is None:
        raise PydanticCustomError("said_elsewhere", "the scale is mistaken")
    return scales[value]


def known_topics(value: object, info: ValidationInfo) -> object:
    """Replace `from_topics` by one option a topic section."""
    if value == "from_topics" and isinstance(info.context, Presets):
        return info.context.topics
    return value


WayOut = Annotated[Category, BeforeValidator(known_way_out)]
ScalePoints = Annotated[
    tuple[Category, ...], BeforeValidator(known_scale), Field(min_length=3, max_length=11)
]
