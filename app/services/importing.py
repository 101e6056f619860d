"""Importing: rows of a spreadsheet become responses through the services that respondents meet.

A row is checked by the same forms as a page. Its key is kept as a digest, so the same sheet can be
brought in again without doubles. What screening finds is held, as at entry.
"""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import Consultation, Draft, Edition, Response
from app.models_importing import ImportBatch, ImportedRow
from app.sealing import Keyring
from app.services import audit, drafting, editions, submitting
from app.services.spreadsheets import CONFIDENTIAL, ROW_KEY, SheetRow, of_variable, read_sheet
from forms.question import Question
from forms.questionnaire import Questionnaire
from forms.section_form import section_form

MARKED = "Marked as confidential on what was imported."
SECONDS_AT_ONCE = 5.0  # on SQLite nobody else can save meanwhile
Page = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Ready:
    """A row that can become a response: its key, its pages in order, its confidential answers."""

    line: int
    key: str
    pages: tuple[Page, ...]
    confidential: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """What a sheet holds: rows that are ready, rows brought in before, and mistakes by line."""

    ready: tuple[Ready, ...]
    known: int
    mistakes: tuple[tuple[int, str], ...]


def check(questionnaire: Questionnaire, content: bytes, before: frozenset[str]) -> Checked:
    """Look at every row of an uploaded sheet; nothing is kept, and no database is needed.

    Raises
    ------
    spreadsheets.NotASpreadsheet
        If the file as a whole cannot be used.
    """
    ready: list[Ready] = []
    mistakes: list[tuple[int, str]] = []
    seen: dict[str, int] = {}
    known = 0
    for row in read_sheet(content, questionnaire):
        key = row.cells.get(ROW_KEY, "")
        if not key:
            mistakes.append((row.line, f"{ROW_KEY}: give the row a key of its own."))
        elif key in seen:
            mistakes.append((row.line, f"{ROW_KEY}: line {seen[key]} has the same key."))
        elif digest_of(key) in before:
            known += 1
            continue
        seen.setdefault(key, row.line)
        pages, wrong = check_row(questionnaire, row)
        mistakes += [(row.line, each) for each in (*row.problems, *wrong)]
        marked = tuple(row.cells.get(CONFIDENTIAL, "").replace(",", " ").split())
        mistakes += [(row.line, each) for each in _wrong_marks(questionnaire, marked)]
        ready.append(Ready(row.line, key, pages, _questions(questionnaire, marked)))
    return Checked(tuple(ready), known, tuple(mistakes))


def check_row(
    questionnaire: Questionnaire, row: SheetRow
) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """The pages that a row fills in, checked by the forms of those pages; and what is wrong."""
    settled: dict[str, Any] = {}
    pages: list[Page] = []
    wrong: list[str] = []
    asked: set[str] = set()
    for section in questionnaire.sections:
        if not questionnaire.reached(section, settled, ()):
            continue
        questions = section.asked(settled)
        asked |= {each.id for each in questions}
        post: MultiDict[str, str] = MultiDict()
        for question in questions:
            answers, unread = _answers(question, row.cells)
            wrong += unread
            _fill(post, question.restore(answers))
        form = section_form(section, settled, post)
        if not form.validate():
            wrong += [message for _, message in form.errors_in_order()]
        elif questions:
            given = form.answers()
            settled |= given
            pages.append((section.key, given))
    wrong += _not_asked(questionnaire, row, asked)
    return tuple(pages), tuple(wrong)


def _answers(question: Question, cells: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    answers: dict[str, Any] = {}
    unread = []
    for variable in question.variables():
        try:
            answers[variable.name] = of_variable(variable, cells)
        except ValueError as error:
            unread.append(str(error))
    return answers, unread


def _fill(post: MultiDict[str, str], data: Any) -> None:
    for name, value in data.items():
        if isinstance(value, list):
            post.setlist(name, [str(each) for each in value])
        elif value is not None:
            post[name] = str(value)


def _not_asked(questionnaire: Questionnaire, row: SheetRow, asked: set[str]) -> Iterator[str]:
    for variable in questionnaire.variables():
        filled = [each for each in variable.columns if row.cells.get(each, "") not in {"", "0"}]
        if filled and variable.question not in asked:
            yield f"{filled[0]}: this is not asked of a respondent with these answers. Clear it."


def _questions(questionnaire: Questionnaire, columns: tuple[str, ...]) -> tuple[str, ...]:
    of = {name: each.id for each in questionnaire.questions for name in each.answer_names}
    found = (of.get(each.partition(".")[0], "") for each in columns)
    return tuple(dict.fromkeys(each for each in found if each))


def _wrong_marks(questionnaire: Questionnaire, columns: tuple[str, ...]) -> Iterator[str]:
    for each in columns:
        if not _questions(questionnaire, (each,)):
            yield f"{CONFIDENTIAL}: “{each[:60]}” is no column of this sheet."


def digest_of(key: str) -> str:
    """What is kept of a row's key: enough to know it again."""
    return hashlib.sha256(key.encode()).hexdigest()


def brought_in(session: Session, consultation: Consultation) -> frozenset[str]:
    """The digests of the keys of all rows that were brought in before."""
    statement = sa.select(ImportedRow.key_digest).where(
        ImportedRow.consultation_id == consultation.id
    )
    return frozenset(session.scalars(statement))


def keep(
    session: Session, consultation: Consultation, checked: Checked, *, actor: str, now: datetime
) -> ImportBatch:
    """Keep checked rows, sealed, until they are responses; this person's last batch is dropped."""
    for each in waiting(session, consultation):
        if each.made_by == actor:
            discard(session, each)
    batch = ImportBatch(
        consultation_id=consultation.id,
        made_by=actor,
        made_at=now,
        total=len(checked.ready),
        known=checked.known,
    )
    rows = [[each.line, each.key, each.pages, each.confidential] for each in checked.ready]
    batch.seal(session.info["keyring"], "rows", rows)
    session.add(batch)
    session.flush()
    return batch


def waiting(session: Session, consultation: Consultation) -> list[ImportBatch]:
    """The batches that are not finished."""
    statement = sa.select(ImportBatch).where(
        ImportBatch.consultation_id == consultation.id, ImportBatch.rows.is_not(None)
    )
    return list(session.scalars(statement.order_by(ImportBatch.made_at)))


def discard(session: Session, batch: ImportBatch) -> None:
    """Throw away the rows of a batch that are not responses yet."""
    batch.rows = None
    session.flush()


def bring_in(
    session: Session,
    batch: ImportBatch,
    *,
    now: datetime,
    seconds: float = SECONDS_AT_ONCE,
) -> ImportBatch:
    """Make responses of the next rows of a batch, for as long as one request may take."""
    statement = sa.select(ImportBatch).where(ImportBatch.id == batch.id).with_for_update()
    batch = session.scalars(statement.execution_options(populate_existing=True)).one()
    rows: list[Any] = batch.unseal("rows") or []
    consultation = session.get_one(Consultation, batch.consultation_id)
    edition = editions.current_edition(session, consultation)
    before = set(brought_in(session, consultation))
    until = time.monotonic() + seconds
    while rows and edition is not None and time.monotonic() < until:
        _, key, pages, confidential = rows.pop(0)
        if digest_of(key) in before:
            batch.known += 1
            continue
        before.add(digest_of(key))
        response = send(session, edition, pages, confidential, channel="import", now=now)
        session.add(
            ImportedRow(
                consultation_id=consultation.id,
                key_digest=digest_of(key),
                response_id=response.id,
                imported_at=now,
            )
        )
        batch.done += 1
        batch.held += response.held_at is not None
        session.flush()
    batch.rows = None
    if rows:
        batch.seal(session.info["keyring"], "rows", rows)
    told = {"brought in": batch.done, "held": batch.held, "of": batch.total}
    audit.record(session, batch.made_by, "import", consultation.key, told, now=now)
    return batch


def send(
    session: Session,
    edition: Edition,
    pages: list[Page],
    confidential: tuple[str, ...],
    *,
    channel: str,
    now: datetime,
) -> Response:
    """Send one response through the services that every respondent meets."""
    (first, answers), *rest = pages
    draft = drafting.begin(session, edition, first, answers, now=now, channel=channel)
    for section, page in rest:
        drafting.save_section(session, draft, section, page, seen=0, now=now)
    for question in confidential:
        drafting.keep_confidential(session, draft, question, MARKED, now=now)
    return send_draft(session, draft, now=now)


def send_draft(session: Session, draft: Draft, *, now: datetime) -> Response:
    """Send a draft as it stands.

    Raises
    ------
    submitting.Unanswered
        If a required question is blank.
    """
    keyring: Keyring = session.info["keyring"]
    token, stamp = submitting.next_token(keyring, draft), drafting.read(draft).stamp
    return submitting.submit(session, draft, token=token, stamp=stamp, now=now).response
