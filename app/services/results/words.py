"""The words behind figures: only what consent, confidentiality and small counts allow."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.results.choices import Choice, narrowed, partition_of, when

if TYPE_CHECKING:
    from analysis.responses import Responses
    from app.services.results.live import Snapshot


A_PAGE = 50
PROFILE = ("verified", "capacity", "jurisdiction")


@dataclass(frozen=True)
class Words:
    """What one respondent wrote, and how they are called."""

    group: str
    text: str
    by: str


@dataclass(frozen=True)
class Behind:
    """The words behind a figure, a page of them: what may be shown, and how many more there are.

    `kept_back` is None where there are more that are not shown and their number would say too much.
    """

    question: str
    shown: tuple[Words, ...]
    kept_back: int | None
    too_few: tuple[str, ...]
    page: int
    pages: int


def campaigns_of(responses: "Responses") -> tuple[tuple[str, ...], ...]:
    """The ids of the responses in each campaign."""
    import pandas as pd

    from analysis.texts.campaigns import find_campaigns
    from analysis.written import answers_to, open_variables

    parts = [
        answers_to(responses, each.name)[["response_id", "text"]].assign(question=each.name)
        for each in open_variables(responses)
    ]
    if not parts:
        return ()
    found = find_campaigns(pd.concat(parts, ignore_index=True))
    return tuple(each.responses for each in found.campaigns)


def behind(
    snapshot: "Snapshot", choice: Choice, name: str, group: str = "", page: int = 1
) -> Behind:
    """What was written to one question by those whom a filter lets through.

    Words are shown only where their author agreed to publication and did not mark them as
    confidential, and never from a group in which fewer than the threshold wrote. Under a filter
    they are shown only where at least the threshold wrote who share everything that can be
    filtered by: so no choice of filters tells more of an author than many authors have in common.

    Raises
    ------
    CannotFilter, BeingWorkedOut
        As for `narrowed`.
    """
    from analysis.texts.redaction import redact
    from analysis.written import answers_to, may_be_shown

    responses = narrowed(snapshot, choice)
    answers = answers_to(responses, name)
    labels = {each.key: each.label for each in responses.codebook.groups}
    if group:
        answers = answers[answers["group"] == group].reset_index(drop=True)
    counts = answers["group"].value_counts()
    few = [key for key in labels if 0 < counts.get(key, 0) < snapshot.threshold]
    allowed = may_be_shown(answers)
    allowed = allowed[~allowed["group"].isin(few) & allowed["group"].notna()]
    if choice.narrows:
        allowed = allowed[allowed["response_id"].isin(alike(snapshot, choice, name))]
    pages = max(1, -(-len(allowed) // A_PAGE))
    page = min(max(1, page), pages)
    some = allowed.iloc[(page - 1) * A_PAGE : page * A_PAGE]
    shown = tuple(
        Words(labels[key], redact(text), f"A response from {labels[key].lower()}")
        for key, text in some[["group", "text"]].astype(str).to_numpy().tolist()
    )
    left = len(answers) - len(allowed)
    unsaid = few or (left and (choice.narrows or left < snapshot.threshold))
    return Behind(
        question=responses.variable(name).label,
        shown=shown,
        kept_back=None if unsaid else left,
        too_few=() if choice.narrows else tuple(labels[key] for key in few),
        page=page,
        pages=pages,
    )


def alike(snapshot: "Snapshot", choice: Choice, name: str) -> frozenset[str]:
    """Those who wrote, and share all that can be filtered by with enough others who did."""

    def make() -> frozenset[str]:
        import pandas as pd

        from analysis.written import answers_to

        answers = answers_to(snapshot.responses, name)
        profile = pd.DataFrame({"group": snapshot.responses.group_codes})
        for each in profiled:
            parted = partition_of(snapshot, each)
            profile[each] = -1 if parted is None else parted.codes
        profile.index = snapshot.responses.frame.index
        wrote = profile.loc[answers["response_id"]]
        sizes = wrote.groupby(list(wrote.columns)).transform("size")
        return frozenset(wrote.index[(sizes >= snapshot.threshold).to_numpy(dtype=bool)])

    profiled = [*PROFILE, *(("campaigns",) if choice.campaigns else ())]
    made: frozenset[str] = snapshot.once(
        ("alike", name, tuple(profiled), when(snapshot, tuple(profiled))), make
    )
    return made
