"""The letters to respondents, in plain words."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Edition, Response
from app.models_team import Organiser
from app.pages import when
from app.services import accounts, audit, mail
from app.services.wording import Wording, wording_of


def send_resume_link(
    session: Session, draft: Draft, address: str, link: str, *, tell_me: bool, now: datetime
) -> None:
    """Mail the resume link, and keep the address only if the respondent wants to be told more."""
    consultation = draft.edition.consultation
    wording, closes_at = wording_of(consultation), consultation.closes_at
    until = f"Open until: {when(closes_at, consultation.zone)}.\n\n" if closes_at else ""
    body = (
        f"You began to answer “{consultation.title}” by {consultation.organiser}.\n\n"
        f"This link opens your answers on any device:\n\n{link}\n\n"
        "Anyone who has the link can read and change your answers, so keep it to yourself and the "
        f"colleagues who answer with you.\n\n{until}"
        f"If you did not ask for this, you can ignore it. Questions: {contact_of(wording)}.\n"
    )
    subject = f"Your link to “{consultation.title}”"
    letter = mail.Letter(address, subject, body, reply_to(wording))
    mail.queue(session, marked(letter, consultation), purpose="resume link", now=now)
    draft.tell_me = tell_me
    if tell_me:
        draft.seal(session.info["keyring"], "contact", address)
    else:
        draft.contact = None
    audit.record(session, "respondent", "mail resume link", consultation.key, now=now)


def send_reset(session: Session, email: str, link: str, *, now: datetime) -> None:
    """Mail a link to set a new password, if the address is an organiser's; tell nobody whether."""
    organiser = accounts.by_email(session, email)
    if organiser is None or not organiser.ready:
        return
    secret = accounts.make_token(
        session, "reset", organiser=organiser, within=accounts.RESET_WITHIN, now=now
    )
    body = (
        "Somebody, perhaps you, asked to set a new password for your Open Questions account.\n\n"
        f"This link works once, for an hour:\n\n{link.format(secret=secret)}\n\n"
        "You also need your authenticator app to sign in. An earlier link does not work any "
        "more.\n\n"
        "If you did not ask for this, do nothing: your password stays as it is. Nobody of the team "
        "ever asks you for this link or for a code.\n"
    )
    mail.queue(
        session, mail.Letter(organiser.email, "Set a new password", body), purpose="reset", now=now
    )


def send_joining(session: Session, email: str, link: str, *, by: str, now: datetime) -> None:
    """Mail a colleague the link with which they join the team."""
    body = (
        f"{by} invites you to join the team that runs consultations in Open Questions.\n\n"
        f"This link works once, for seven days:\n\n{link}\n\n"
        "You set a password and a second factor with it: have an authenticator app at hand, on a "
        "phone or in a password manager. An earlier link does not work any more.\n\n"
        f"{PLAIN}\n\n"
        f"If you are not sure that this letter is genuine, ask {by} in another way before you open "
        "the link. If you do not wish to join, do nothing: the link ends by itself.\n"
    )
    mail.queue(session, mail.Letter(email, "Join the team", body), purpose="join", now=now)


PLAIN = "This letter is plain text. Nothing in it tells anybody whether you read it."
SUBJECTS = {
    "invitation": "Invitation to answer: “{title}”",
    "reminder": "Reminder: “{title}”",
    "more time": "More time to answer: “{title}”",
}
OPENINGS = {
    "invitation": "{organiser} invites you to answer a consultation: “{title}”.",
    "reminder": (
        "{organiser} invited you to answer a consultation: “{title}”. We have no answer from you "
        "yet. If you began, your resume link opens what you wrote. If you lost it, the link below "
        "offers to mail it to you."
    ),
    "more time": "{organiser} gives you more time to answer the consultation “{title}”.",
}
SHARING = (
    "When you have started, you get a resume link. Share that one with colleagues who answer with "
    "you, and keep this one to yourself."
)
WARNING = (
    "The consultation is about child sexual abuse and exploitation. Its questions are about law "
    "and policy: they describe no cases and show no images. Never send such material, to us or to "
    "anyone."
)


REHEARSAL = (
    "THIS IS A REHEARSAL. We try out how a consultation runs. What is answered is not counted as "
    "anybody’s view. You need not do anything, unless you were asked to help."
)


def marked(letter: mail.Letter, consultation: Consultation) -> mail.Letter:
    """The letter; one of a rehearsal says that it is one before anything else."""
    if not consultation.synthetic:
        return letter
    return replace(
        letter, subject=f"Rehearsal: {letter.subject}", body=f"{REHEARSAL}\n\n{letter.body}"
    )


def contact_of(wording: Wording) -> str:
    """Whom to ask, with the address where there is one."""
    name, address = wording.contact_name.strip(), wording.contact_email.strip()
    return f"{name} ({address})" if name and address else name or address


def reply_to(wording: Wording) -> str:
    """Where an answer to a letter goes: to a person, and not to an address that nobody reads."""
    address = wording.contact_email.strip()
    return address if address.isprintable() and "@" in address else ""


def invitation(
    purpose: str,
    *,
    address: str,
    name: str,
    title: str,
    organiser: str,
    group: str,
    link: str,
    until: str,
    wording: Wording,
) -> mail.Letter:
    """The letter of an invitation: `invitation`, `reminder` or `more time`."""
    contact = contact_of(wording)
    page = link.rpartition("/i/")[0] + "/"
    parts = (
        f"Hello {name}," if name else "Hello,",
        OPENINGS[purpose].format(organiser=organiser, title=title),
        wording.purpose if purpose == "invitation" else "",
        f"You are invited to answer for this group: {group}.",
        f"Open until: {until}." if until else "",
        "This link is yours. It opens a page with a Start button, and begins your answers once:",
        link,
        SHARING,
        WARNING,
        (
            "Is this letter genuine? You can type the address of the consultation yourself, and "
            "read there what it is about:"
        ),
        page,
        f"You can also ask {contact}. We never ask you for a password. {PLAIN}",
        (
            "If you do not wish to answer, do nothing. If you want no more letters about this, or "
            f"have a question, write to {contact}."
        ),
    )
    body = "\n\n".join(filter(None, parts)) + "\n"
    subject = SUBJECTS[purpose].format(title=title)
    return mail.Letter(address, subject, body, reply_to(wording))


def resume_link(consultation: Consultation, address: str, link: str) -> mail.Letter:
    """The resume link, asked for by somebody who holds the invitation."""
    wording = wording_of(consultation)
    body = (
        f"Answers to “{consultation.title}” by {consultation.organiser} were begun with the "
        "invitation that was sent to this address. Somebody who holds the invitation asked for "
        "this letter.\n\n"
        f"This link opens the answers on any device:\n\n{link}\n\n"
        "Anyone who has the link can read and change the answers, so share it only with "
        "colleagues who answer with you.\n\n"
        f"If it was not you who began, tell {contact_of(wording)}.\n"
    )
    subject = f"Your link to “{consultation.title}”"
    return marked(mail.Letter(address, subject, body, reply_to(wording)), consultation)


SUBJECT = {False: "Results published", True: "Results published anew"}
RESULTS = {
    False: (
        "The results of “{title}” are published: what was asked, what was said, and what will be "
        "done."
    ),
    True: (
        "The results of “{title}” are published anew. They replace what was published before: "
        "please use them instead."
    ),
}


def tell_of_results(
    session: Session, consultation: Consultation, link: str, *, again: bool = False, now: datetime
) -> int:
    """Mail everybody who asked to be told that results are published; no answer is in it.

    Once for each address. Whoever withdrew is not written to. `again` is for an edition that
    replaces an earlier one. Returns how many letters were queued.
    """
    statement = (
        sa.select(Draft)
        .join(Edition, Draft.edition_id == Edition.id)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .where(
            Edition.consultation_id == consultation.id,
            Draft.tell_me.is_(True),
            Draft.contact.is_not(None),
            Response.withdrawn_at.is_(None),
        )
        .order_by(Draft.id)
    )
    found = [str(draft.unseal("contact")).strip() for draft in session.scalars(statement)]
    addresses = {address.casefold(): address for address in found if address}
    title, wording = consultation.title, wording_of(consultation)
    body = (
        f"{RESULTS[again].format(title=title)}\n\n{link}\n\n"
        f"You get this letter from {consultation.organiser} because you answered and asked to be "
        "told.\n\n"
        f"{PLAIN} Questions: {contact_of(wording)}.\n"
    )
    for address in addresses.values():
        subject = f"{SUBJECT[again]}: {title}"
        letter = mail.Letter(address, subject, body, reply_to(wording))
        mail.queue(session, marked(letter, consultation), purpose="results", now=now)
    return len(addresses)


WAITS = {
    "held": "Something was set aside until somebody with the safeguarding role has looked.",
    "proposed": "A colleague proposes to release what was held. A second person has to agree.",
}


def tell_safeguarding(
    session: Session, consultation: Consultation, what: str, *, but: str = "", now: datetime
) -> None:
    """Mail those with the safeguarding role that something waits, and never a word of it.

    Nobody is told of a rehearsal, nor is `but`, whose act it was.
    """
    if consultation.synthetic:
        return
    people = sa.select(Organiser).where(Organiser.disabled_at.is_(None), Organiser.id != but)
    for each in session.scalars(people):
        if "safeguarding" not in each.roles or not each.ready:
            continue
        body = (
            f"{WAITS[what]}\n\nConsultation: “{consultation.title}”. Sign in to Open Questions and "
            "open “Held” when it suits you. There is no target, and you can hand over without "
            f"saying why.\n\n{PLAIN} It says nothing of what was written.\n"
        )
        letter = mail.Letter(each.email, "Something waits for safeguarding", body)
        mail.queue(session, letter, purpose="safeguarding", now=now)
