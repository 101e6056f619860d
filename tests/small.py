"""A small consultation, answered: quick to analyse, with everything that must be kept apart."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.database import Database
from app.models import Draft, Edition, Response
from app.services import drafting, editions, submitting
from forms.loading import load_questionnaire

KEY = "small"
FILE = Path(__file__).with_name("small.yaml")
GROUPS = ("law_enforcement", "industry", "civil_society")
REASONS = (
    "Because children cannot wait until every country has agreed on the same words in its law.",
    "The cost falls on small companies first, and nobody has shown yet that it would help them.",
    "Police units that I know would use it at once, if the courts accepted what comes out of it.",
    "It depends on who decides, and on whether anybody independent may look at what was decided.",
)


@dataclass
class Answers:
    """What one respondent says, and what they allow."""

    group: str = "industry"
    agreed: str | None = "for"
    why: str | None = None
    means: tuple[str, ...] = ("law",)
    other: str | None = None
    evidence: list[dict[str, str]] | None = None
    capacity: str = "organisation"
    organisation: str | None = None
    name: str | None = None
    publication: str | None = "without_name"
    marks: dict[str, str] = field(default_factory=dict)


def open_small(database: Database) -> None:
    """Open it."""
    now = datetime.now(UTC)
    opening = editions.Opening(
        title="A small consultation", organiser="The test team", closes_at=now + timedelta(days=9)
    )
    with database.work() as session:
        editions.open_edition(
            session, load_questionnaire(FILE), opening, now=now - timedelta(days=1)
        )


def write(session: Session, said: Answers) -> Draft:
    """Write a draft, page by page."""
    consultation = editions.find(session, KEY)
    edition = editions.current_edition(session, consultation)
    assert isinstance(edition, Edition)
    now = datetime.now(UTC)
    pages = {
        "start": {"group": said.group, "capacity": said.capacity},
        "about_you": {"organisation_name": said.organisation, "respondent_name": said.name},
        "oq1": {"agreed": said.agreed, "why": said.why},
        "oq2": {
            "means": [*said.means, *(["other"] if said.other else [])],
            "means_other": said.other,
            "evidence": said.evidence,
        },
        "publication": {"publication": said.publication, "consent": ["agree"]},
    }
    draft = drafting.begin(session, edition, "start", pages.pop("start"), now=now)
    for section, page in pages.items():
        drafting.save_section(session, draft, section, page, seen=0, now=now)
    for question, reason in said.marks.items():
        drafting.keep_confidential(session, draft, question, reason, now=now)
    return draft


def send(session: Session, draft: Draft) -> Response:
    """Send what a draft holds."""
    submitting.submit(
        session,
        draft,
        token=submitting.next_token(session.info["keyring"], draft),
        stamp=drafting.read(draft).stamp,
        now=datetime.now(UTC),
    )
    session.refresh(draft, ["response"])
    response = draft.response
    assert response is not None
    return response


def answered(database: Database, *several: Answers) -> list[str]:
    """Send these answers; returns the ids of the drafts."""
    found = []
    for said in several:
        with database.work() as session:
            draft = write(session, said)
            send(session, draft)
            found.append(draft.id)
    return found


def ordinary(each_group: int = 20) -> list[Answers]:
    """Answers of so many in each group, spread over everything that can be said."""
    views = ("for", "for", "neither", "against", "for")
    means = (("law",), ("code",), ("law", "money"), ("code", "money"))
    return [
        Answers(
            group=group,
            agreed=views[(place + shift) % 5],
            why=f"{REASONS[place % 4]} I have worked on this for {place + 2} years.",
            means=means[(place + shift) % 4],
            capacity="organisation" if place % 2 else "own_name",
            organisation=f"Organisation {group} {place}" if place % 2 else None,
            publication=("with_name", "without_name", "count_only")[place % 3],
        )
        for shift, group in enumerate(GROUPS)
        for place in range(each_group)
    ]
