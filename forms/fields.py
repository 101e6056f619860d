"""WTForms fields that keep what was typed, and know the ids and messages of our pages.

Messages about a whole answer come from the question; a field speaks only of what it cannot hold.
"""

from collections.abc import Iterable, Iterator, Sequence

from wtforms import widgets
from wtforms.fields import (
    EmailField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import Field, UnboundField
from wtforms.validators import ValidationError

from forms.codebook import Category
from forms.wording import has_unwritable, shorten, showable, tidy

UNKNOWN_CHOICE = "Choose from the answers shown for {thing}"
UNWRITABLE = (
    "Take out the character shown as � in your answer to {thing}: it cannot be stored. "
    "It sometimes comes along when text is copied from another program"
)


class _Numbered:
    """Gives the first input the id of the field and the others -2, -3 …, so that links find it."""

    def __iter__(self) -> Iterator[Field]:
        for number, option in enumerate(super().__iter__(), start=1):  # type: ignore[misc]  # the field beside us iterates
            option.id = self.id if number == 1 else f"{self.id}-{number}"  # type: ignore[attr-defined]  # from the field beside us
            option.label.field_id = option.id
            yield option


class OneOf(_Numbered, RadioField):  # type: ignore[misc]  # WTForms has no types
    """Radio buttons. Nothing chosen, or an empty value, is a blank answer (None)."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the first value, and nothing for nothing."""
        self.data = valuelist[0] if valuelist and valuelist[0] else None

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  # WTForms calls it so
        """Refuse what was not offered."""
        offered = {choice.value for choice in self.choices}
        if self.data is not None and self.data not in offered:
            raise ValidationError(UNKNOWN_CHOICE.format(thing=self.label.text))


class PickOne(SelectField):  # type: ignore[misc]  # WTForms has no types
    """A select whose first choice, with an empty value, is a blank answer (None)."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the first value, and nothing for nothing."""
        self.data = valuelist[0] if valuelist and valuelist[0] else None

    pre_validate = OneOf.pre_validate

    def iter_choices(self) -> list[object]:
        """Show the empty choice as chosen where nothing is."""
        choices: list[object] = super().iter_choices()
        if self.data is None:
            return [each._replace(selected=each.value == "") for each in choices]  # type: ignore[attr-defined]  # WTForms has no types
        return choices


class Several(_Numbered, SelectMultipleField):  # type: ignore[misc]  # WTForms has no types
    """Checkboxes. The data is a list in the order in which the choices are shown, each once."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def process_data(self, value: Iterable[str] | None) -> None:
        """Take a saved list, or nothing."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Put what was ticked in the order shown; what was not offered comes last."""
        ticked = dict.fromkeys(value for value in valuelist if value)
        shown = [choice.value for choice in self.choices]
        self.data = [value for value in shown if value in ticked]
        self.data += [value for value in ticked if value not in shown]

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  # WTForms calls it so
        """Refuse what was not offered."""
        offered = {choice.value for choice in self.choices}
        if any(value not in offered for value in self.data):
            raise ValidationError(UNKNOWN_CHOICE.format(thing=self.label.text))


class _Written:
    """Text that is tidied for keeping, shown again as typed, refused where it cannot be kept."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Keep the tidied text. Blank text is an empty string."""
        self.data = tidy(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: object) -> None:  # noqa: ARG002  # WTForms calls it so
        """Refuse characters that could not be stored, shown or exported."""
        if has_unwritable(self.data or ""):
            raise ValidationError(UNWRITABLE.format(thing=self.label.text))  # type: ignore[attr-defined]  # from the field beside us

    def _value(self) -> str:
        typed = self.raw_data[0] if self.raw_data else self.data  # type: ignore[attr-defined]  # from the field beside us
        return "" if typed is None else showable(str(typed))


class Line(_Written, StringField):  # type: ignore[misc]  # WTForms has no types
    """One line of text; also how figures are typed, so that a slip stays to be mended."""


class Lines(_Written, TextAreaField):  # type: ignore[misc]  # WTForms has no types
    """Text of several lines."""


class Address(_Written, EmailField):  # type: ignore[misc]  # WTForms has no types
    """An e-mail address as typed."""


def quoted(text: str) -> str:
    """Return the wording of something asked, short enough to stand in a message."""
    return f"“{shorten(text)}”"


def as_choices(categories: Iterable[Category]) -> list[SelectChoice]:
    """Return the categories as WTForms wants them: key as value, label as words."""
    return [SelectChoice(value=each.key, label=each.label) for each in categories]


def one_of(text: str, categories: Iterable[Category]) -> UnboundField:
    """Radio buttons, one a category."""
    return UnboundField(OneOf, quoted(text), choices=as_choices(categories))


def several_of(text: str, categories: Iterable[Category]) -> UnboundField:
    """Checkboxes, one a category."""
    return UnboundField(Several, quoted(text), choices=as_choices(categories))


def pick_one(text: str, choices: Iterable[SelectChoice]) -> UnboundField:
    """Build a select that begins with an empty choice."""
    return UnboundField(PickOne, quoted(text), choices=[SelectChoice(value="", label=""), *choices])


def line(text: str) -> UnboundField:
    """One line of text."""
    return UnboundField(Line, quoted(text))


def lines(text: str) -> UnboundField:
    """Text of several lines."""
    return UnboundField(Lines, quoted(text))


def figure(text: str) -> UnboundField:
    """One line that asks a telephone for its number keys."""
    return UnboundField(Line, quoted(text), render_kw={"inputmode": "numeric"})


def address(text: str) -> UnboundField:
    """Build an e-mail address field."""
    return UnboundField(
        Address, quoted(text), render_kw={"autocomplete": "email", "spellcheck": "false"}
    )
