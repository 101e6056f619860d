"""The words behind figures: only what consent, confidentiality and small counts allow."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.responses import Responses
    from app.services.results.live import Snapshot


@dataclass(frozen=True)
class Words:
    """What one respondent wrote, and how they are called."""

    group: str
    text: str
    by: str


@dataclass(frozen=True)
class Behind:
    """The words behind a figure: what may be shown, and how many more there are."""

    question: str
    shown: tuple[Words, ...]
    kept_back: int
    too_few: tuple[str, ...]


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
    snapshot: "Snapshot", responses: "Responses", name: str, group: str = "", most: int = 50
) -> Behind:
    """What was written to one question by those whom a filter lets through.

    Words are shown only where their author agreed to publication and did not mark them as
    confidential, and never from a group in which fewer than the threshold wrote.
    """
    from analysis.texts.redaction import redact
    from analysis.written import answers_to, may_be_shown

    answers = answers_to(responses, name)
    labels = {each.key: each.label for each in responses.codebook.groups}
    if group:
        answers = answers[answers["group"] == group].reset_index(drop=True)
    counts = answers["group"].value_counts()
    few = [key for key in labels if 0 < counts.get(key, 0) < snapshot.threshold]
    allowed = may_be_shown(answers)
    allowed = allowed[~allowed["group"].isin(few) & allowed["group"].notna()]
    pairs = allowed.head(most)[["group", "text"]].astype(str).to_numpy().tolist()
    shown = tuple(
        Words(labels[key], redact(text), f"A response from {labels[key].lower()}")
        for key, text in pairs
    )
    return Behind(
        question=responses.variable(name).label,
        shown=shown,
        kept_back=max(0, len(answers) - len(shown)) if not few else 0,
        too_few=tuple(labels[key] for key in few),
    )
