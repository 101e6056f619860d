"""Whose words they are, said as closely as consent and the size of the group allow."""

from collections import Counter
from collections.abc import Iterable, Mapping

WITH_NAME, WITHOUT_NAME = "with_name", "without_name"
NOBODY = "A respondent"

Counts = Mapping[tuple[str, str], int]


def count_voices(responses: Iterable[Mapping[str, str | None]]) -> Counts:
    """Count responses by group and capacity, for `attribution`.

    Parameters
    ----------
    responses
        All responses that count, each with `group` and `capacity`.
    """
    return Counter((each.get("group") or "", each.get("capacity") or "") for each in responses)


def attribution(
    response: Mapping[str, str | None],
    counts: Counts,
    *,
    threshold: int = 5,
    labels: Mapping[str, str] | None = None,
) -> str | None:
    """Say whose a response is, in the words that may stand under a quotation.

    Parameters
    ----------
    response
        Its `publication` ("with_name", "without_name", anything else is not to be published),
        `group`, `capacity`, and where given `organisation` and `name`.
    counts
        How many responses each (group, capacity) has: `count_voices`.
    threshold
        The smallest number of people who may be told apart.
    labels
        Words for the keys of groups and capacities; by default the key with spaces.

    Returns
    -------
    str or None
        The name where it may be published; "organisation, law enforcement"; the group alone where
        so few of it have that capacity; "A respondent" where the group itself is so small. None
        where nothing of the response may be published at all.

    Notes
    -----
    Where one capacity of a group is too small, no capacity is said in that group: leaving out only
    the small one would name it.
    """
    if response.get("publication") not in (WITH_NAME, WITHOUT_NAME):
        return None
    name = (response.get("organisation") or response.get("name") or "").strip()
    if response.get("publication") == WITH_NAME and name:
        return name
    group, capacity = response.get("group") or "", response.get("capacity") or ""
    sizes = {own: count for (of, own), count in counts.items() if of == group and count}
    if not group or sum(sizes.values()) < threshold:
        return NOBODY
    words = {key: (labels or {}).get(key, key.replace("_", " ")) for key in (group, capacity)}
    if not capacity or min(sizes.values()) < threshold:
        return words[group]
    return f"{words[capacity]}, {words[group]}"
