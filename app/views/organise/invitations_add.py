"""Inviting many: a list, pasted or from a file, checked line by line and corrected in place."""

from dataclasses import dataclass, field
from typing import Self

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import current_session
from app.models import Consultation
from app.security import open_to, takes_files
from app.services import (
    editions,
    invitation_mail,
    invitations,
    invited_list,
    inviting,
    list_files,
    outlet,
)
from app.services.roles import who
from app.services.wording import wording_of
from app.team import current_organiser, now
from app.views.organise.desk import find_consultation, organise
from app.views.organise.invitations import link_to

CORRECTION = "line-"
OWN_LINK = "a-link-for-this-person-alone"
MOST_TO_MEND, MOST_TOLD = 100, 20


@dataclass(frozen=True)
class Given:
    """What was given: the list as it stands now, what words mean, and lines that are left out."""

    text: str
    meanings: dict[str, str] = field(default_factory=dict)
    left_out: str = ""

    @classmethod
    def here(cls) -> Self:
        """Read it from the file, where there is one, or as pasted and corrected."""
        form, upload = request.form, request.files.get("file")
        if upload is not None and upload.filename:
            text = list_files.text_of(upload.read(), upload.filename)
            return cls(text)
        lines = {
            int(name.removeprefix(CORRECTION)): words
            for name, words in form.items()
            if name.removeprefix(CORRECTION).isdecimal() and name.startswith(CORRECTION)
        }
        pairs = zip(form.getlist("word"), form.getlist("means"), strict=False)
        text = "\n".join(form.get("list", "").splitlines()).lstrip("\n")
        return cls(
            invited_list.corrected(text, lines) if lines else list_files.plain(text),
            {word: group for word, group in pairs if group},
            "\n".join(form.get("left_out", "").splitlines()).lstrip("\n"),
        )


@organise.route("/c/<key>/invitations/add", methods=["GET", "POST"])
@open_to(*who("invite"))
@takes_files
def invitations_add(key: str) -> ResponseReturnValue:
    """A list, pasted or from a file: checked line by line, then invited."""
    consultation = find_consultation(key)
    if request.method == "GET":
        return show_adding(consultation, Given(""))
    try:
        given = Given.here()
    except list_files.Unreadable as unreadable:
        given = Given(request.form.get("list", ""))
        return show_adding(consultation, given, errors=[("file", str(unreadable))])
    checked = check(consultation, given)
    if checked.wrong and request.form.get("act") == "leave out":
        kept, apart = invited_list.parted(given.text, checked.wrong_lines)
        if given.left_out:  # it has the headings already
            apart = apart.removeprefix(given.left_out.partition("\n")[0] + "\n")
        given = Given(kept, given.meanings, "\n".join(filter(None, (given.left_out, apart))))
        checked = check(consultation, given)
    if checked.wrong:
        return show_adding(consultation, given, checked, told(checked, given.text))
    if not checked.people:
        message = "Paste a list, or choose a file."
        return show_adding(consultation, given, errors=[("list", message)])
    if request.form.get("act") != "invite":
        return show_adding(consultation, given, checked)
    return add(consultation, given, checked)


def check(consultation: Consultation, given: Given) -> invited_list.Checked:
    """Read the list against the groups of the consultation."""
    groups = invitations.groups_of(current_session(), consultation)
    meanings = {
        word: key for word, key in given.meanings.items() if key in {each.key for each in groups}
    }
    return invited_list.check(given.text, groups, meanings)


def to_mend(checked: invited_list.Checked, text: str) -> list[tuple[int, str, list[str]]]:
    """The lines to put right by hand: number, words, and what is wrong.

    A line whose one mistake is a word that other lines have too is put right with that word.
    """
    messages: dict[int, list[str]] = {}
    for each in checked.wrong:
        if checked.words.get(each.word, 0) < 2:
            messages.setdefault(each.line, []).append(each.message)
    lines = text.split("\n")
    return [
        (number, lines[number - 1] if number <= len(lines) else "", said)
        for number, said in messages.items()
    ]


def told(checked: invited_list.Checked, text: str) -> list[tuple[str, str]]:
    """What is wrong, each with the field where it is corrected; not more than can be read."""
    many = [(word, lines) for word, lines in checked.words.items() if lines > 1]
    found = [
        (f"means-{place}", f"“{word}” ({lines} lines) is not a group: say below what it means.")
        for place, (word, lines) in enumerate(many, 1)
    ]
    found += [
        (f"{CORRECTION}{number}", f"Line {number}: {message}")
        for number, _, messages in to_mend(checked, text)[:MOST_TO_MEND]
        for message in messages
    ]
    if len(found) > MOST_TOLD:
        more = ("to-mend", f"And more: {len(found) - MOST_TOLD} others are told at their lines.")
        found = [*found[:MOST_TOLD], more]
    return found


def add(
    consultation: Consultation, given: Given, checked: invited_list.Checked
) -> ResponseReturnValue:
    """Invite everybody on a list that was checked; lines that were left out stay on the page."""
    try:
        made = inviting.add(
            current_session(),
            consultation,
            checked.people,
            link_to(consultation),
            actor=current_organiser().id,
            now=now(),
        )
    except invitation_mail.Refused as refused:
        return show_adding(consultation, given, checked, [(refused.field, str(refused))])
    people = "1 person is" if len(made) == 1 else f"{len(made):,} people are"
    if given.left_out:
        flash(f"{people} invited. The lines that were left out are below.")
        return show_adding(consultation, Given(given.left_out))
    flash(f"{people} invited. The letters go out at a steady pace: see their status below.")
    return redirect(url_for("organise.invitations", key=consultation.key), 303)


def preview(
    consultation: Consultation, checked: invited_list.Checked | None
) -> outlet.Letter | None:
    """The letter to the first on a list that is in order, without a link that opens anything."""
    if checked is None or checked.wrong or not checked.people:
        return None
    return invitation_mail.letter_to(
        current_session(),
        consultation,
        checked.people[0],
        link_to(consultation)(OWN_LINK),
        until=consultation.closes_at,
    )


def show_adding(
    consultation: Consultation,
    given: Given,
    checked: invited_list.Checked | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> ResponseReturnValue:
    """The page to add a list, with the list as it was given and what is wrong in it."""
    session = current_session()
    known = invitations.known(session, consultation, checked.people) if checked else set()
    wrong = to_mend(checked, given.text) if checked else []
    page = render_template(
        "organise/invitations_add.html",
        given=given,
        checked=checked,
        wrong=wrong[:MOST_TO_MEND],
        preview=preview(consultation, checked),
        contact=wording_of(consultation).contact_email.strip(),
        more_wrong=max(0, len(wrong) - MOST_TO_MEND),
        already=known,
        groups=invitations.groups_of(session, consultation),
        is_open=editions.is_open(session, consultation, now=now()),
        per_minute=current_app.config["SETTINGS"].mail_per_minute,
        errors=errors or (),
    )
    return page, 422 if errors else 200
