"""What a person typed, shown back for copying where it could not be saved."""

from werkzeug.datastructures import MultiDict

NOT_WORDS = frozenset({"csrf_token", "version", "shown_at", "next", "token", "stamp"})


def typed(form: MultiDict[str, str]) -> tuple[tuple[str, str], ...]:
    """The words in a form, by field: never a secret, never a lone key."""
    return tuple(
        (name, value)
        for name, value in form.items(multi=True)
        if name not in NOT_WORDS and len(value.strip()) > 1
    )
