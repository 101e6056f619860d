"""Whose answers are counted: a filter is said in words under every table that it made."""

from dataclasses import dataclass

import numpy as np

from analysis.responses import Mask, Responses


class FilterError(ValueError):
    """A filter asks for something that this export cannot tell."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which responses to count. What is left out does not narrow.

    Attributes
    ----------
    verified
        True for those verified by invitation, False for those who declared their group.
    capacity
        Keys of the capacity variable, any of which will do.
    jurisdiction
        ISO 3166 codes, any of which will do.
    without_campaigns
        Count one response of each campaign and leave out the others in `campaigns`.
    campaigns
        Ids of responses, a tuple a campaign (from `analysis.texts`).
    """

    verified: bool | None = None
    capacity: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    without_campaigns: bool = False
    campaigns: tuple[tuple[str, ...], ...] = ()


def narrow(responses: Responses, chosen: Filter) -> Responses:
    """Give the responses that a filter lets through; bases are counted anew from them alone.

    Parameters
    ----------
    responses
        From `read_export`.
    chosen
        The filter.

    Returns
    -------
    Responses
        Fresh frames, and the filter in words. A filter that lets everybody through changes nothing.

    Raises
    ------
    FilterError
        Where no variable plays the role that the filter needs, or a key is not one of its
        categories.
    """
    for ids, words in (
        verified(responses, chosen),
        capacity(responses, chosen),
        jurisdiction(responses, chosen),
        campaigns(responses, chosen),
    ):
        if words:
            responses = narrowed(responses, ids, words)
    return responses


def narrowed(responses: Responses, ids: tuple[str, ...], words: str) -> Responses:
    """Keep the responses with these ids: each filter looks at everybody."""
    return responses.only(responses.frame.index.isin(ids), words)


def kept(responses: Responses, mask: Mask) -> tuple[str, ...]:
    """Give the ids where a mask is true."""
    return tuple(responses.frame.index[mask])


def verified(responses: Responses, chosen: Filter) -> tuple[tuple[str, ...], str]:
    """Keep those verified by invitation, or those who declared their group."""
    if chosen.verified is None:
        return (), ""
    name = role(responses, "verified")
    key = "verified" if chosen.verified else "declared"
    mask = (responses.frame[name] == key).to_numpy()
    return kept(responses, mask), "only verified" if chosen.verified else "only declared"


def capacity(responses: Responses, chosen: Filter) -> tuple[tuple[str, ...], str]:
    """Keep those who answered in one of these capacities."""
    if not chosen.capacity:
        return (), ""
    name = role(responses, "capacity")
    labels = {each.key: each.label for each in responses.variable(name).categories}
    unknown = [key for key in chosen.capacity if key not in labels]
    if unknown:
        msg = f"{name} has no {', '.join(unknown)}: choose from {', '.join(labels)}"
        raise FilterError(msg)
    mask = responses.frame[name].isin(chosen.capacity).to_numpy()
    return kept(responses, mask), "only " + " or ".join(labels[key] for key in chosen.capacity)


def jurisdiction(responses: Responses, chosen: Filter) -> tuple[tuple[str, ...], str]:
    """Keep those who named one of these jurisdictions."""
    if not chosen.jurisdiction:
        return (), ""
    name = role(responses, "jurisdiction")
    wanted = frozenset(chosen.jurisdiction)
    cells = responses.frame[name].fillna("").astype("str")
    mask = np.array([not wanted.isdisjoint(cell.split()) for cell in cells], dtype=np.bool_)
    return kept(responses, mask), "only jurisdiction " + " or ".join(chosen.jurisdiction)


def campaigns(responses: Responses, chosen: Filter) -> tuple[tuple[str, ...], str]:
    """Keep one response of each campaign: the first by its random id."""
    if not chosen.without_campaigns:
        return (), ""
    others = {each for campaign in chosen.campaigns for each in sorted(campaign)[1:]}
    mask = ~responses.frame.index.isin(tuple(others))
    return kept(responses, mask), "each campaign counted once"


def role(responses: Responses, name: str) -> str:
    """Give the variable that plays a role."""
    found = getattr(responses.codebook.roles, name)
    if found is None:
        msg = f"this consultation did not note the {name} of its respondents"
        raise FilterError(msg)
    return str(found)
