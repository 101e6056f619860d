"""What a person typed, shown back for copying where it could not be saved."""

from werkzeug.datastructures import MultiDict

NOT_WORDS = frozenset({"csrf_token", "version", "shown_at", "next", "token", "stamp"})


def typed(form: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    """The words in a form, each with a label to tell them apart; never a secret."""
    words = (
        value
        for name, value in form.items(multi=True)
        if name not in NOT_WORDS and len(value.strip()) > 1
    )
    return tuple((f"Text {number}", value) for number, value in enumerate(words, start=1))
