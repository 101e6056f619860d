"""What became of every response that came in, and who the included ones are."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.crosstabs import by_group
from analysis.responses import Responses
from analysis.tables import Base, Cell, Row, Table, share
from forms.manifest import Accounting

REASONS = {
    "withdrawn": "Withdrawn by the respondent",
    "held": "Held back by the team",
    "duplicate": "Sent twice",
    "blank": "Blank",
    "spam": "Not an answer to the consultation",
}


class UnaccountedError(ValueError):
    """Responses received are not those included and those removed."""


@dataclass(frozen=True)
class Account:
    """The accounting of a consultation, checked.

    Attributes
    ----------
    received, included, removed_total
        Numbers of responses; `received` is the sum of the other two.
    removed
        Numbers by reason, in the order given.
    drafts
        Drafts that were never sent; not in `received`.
    """

    received: int
    included: int
    removed: tuple[tuple[str, int], ...]
    removed_total: int
    drafts: int = 0


def account(
    received: int,
    removed: Mapping[str, int],
    *,
    included: int | None = None,
    drafts: int = 0,
) -> Account:
    """Account for every response: received = included + removed, by reason.

    Parameters
    ----------
    received
        How many came in.
    removed
        How many were taken out, by reason.
    included
        How many are counted; checked where given, else what is left.
    drafts
        How many were begun and never sent.

    Raises
    ------
    UnaccountedError
        Where a number is below zero or the sum does not come out.

    Notes
    -----
    The account that published analyses open with, for example Scottish Government, Draft Referendum
    Bill: consultation analysis (2017), paragraphs 2.2 to 2.4.

    Examples
    --------
    >>> account(120, {"withdrawn": 4, "held": 2}).included
    114
    """
    total = sum(removed.values())
    left = received - total
    if min([received, left, drafts, *removed.values()]) < 0:
        msg = f"{received} received and {total} removed: a number would be below zero"
        raise UnaccountedError(msg)
    if included is not None and included != left:
        msg = f"{received} received is not {included} included plus {total} removed"
        raise UnaccountedError(msg)
    return Account(received, left, tuple(removed.items()), total, drafts)


def account_of(responses: Responses) -> Account:
    """Account for the responses of an export, from its manifest."""
    noted: Accounting = responses.manifest.accounting
    return account(
        noted.received, dict(noted.removed), included=noted.included, drafts=noted.drafts
    )


def accounting_tables(responses: Responses) -> tuple[Table, ...]:
    """Give the account as tables: by reason, and again by group and by how people answered.

    Returns
    -------
    tuple of Table
        `accounting` (by reason; one column), `accounting.by_group` where the manifest counts by
        group, and one table by group for each of the roles channel, capacity and verified that the
        consultation has (keys `accounting.channel` and so on).
    """
    tables = [by_reason(account_of(responses))]
    if responses.manifest.accounting.by_group:
        tables.append(received_by_group(responses))
    roles = responses.codebook.roles
    for role in ("channel", "capacity", "verified"):
        name = getattr(roles, role)
        if name is not None:
            tables.append(by_group(responses, name))
    return tuple(tables)


def by_reason(noted: Account) -> Table:
    """Give the account by reason."""
    lines = [
        ("received", "Received", noted.received),
        *(
            (f"removed.{reason}", f"Taken out: {REASONS.get(reason, reason)}", count)
            for reason, count in noted.removed
        ),
        ("included", "Included in the analysis", noted.included),
    ]
    rows = tuple(
        Row(key, label, (Cell(count, share(count, noted.received)),)) for key, label, count in lines
    )
    drafts = "draft was" if noted.drafts == 1 else "drafts were"
    return Table(
        key="accounting",
        title="Responses received, taken out and included",
        measure=None,
        columns=("All",),
        rows=rows,
        bases=(Base(noted.received, noted.received, noted.received),),
        note=f"{noted.drafts} {drafts} begun and never sent." if noted.drafts else "",
        column_keys=("all",),
    )


def received_by_group(responses: Responses) -> Table:
    """Give received, taken out and included by group, as the manifest counts them."""
    noted = responses.manifest.accounting
    groups = [each for each in responses.groups if each.key in noted.by_group]
    counted = [noted.by_group[each.key] for each in groups]
    received = [*(each.received for each in counted), noted.received]
    included = [*(each.included for each in counted), noted.included]
    lines = (
        ("received", "Received", received),
        ("removed", "Taken out", [a - b for a, b in zip(received, included, strict=True)]),
        ("included", "Included in the analysis", included),
    )
    return Table(
        key="accounting.by_group",
        title="Responses received, taken out and included, by group",
        measure=None,
        columns=(*(each.label for each in groups), "All"),
        rows=tuple(
            Row(
                key,
                label,
                tuple(Cell(n, share(n, base)) for n, base in zip(counts, received, strict=True)),
            )
            for key, label, counts in lines
        ),
        bases=tuple(Base(n, n, n) for n in received),
        column_keys=(*(each.key for each in groups), "all"),
    )
