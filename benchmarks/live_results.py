"""How quickly the results pages follow a consultation: run me and read the ratios of this one run.

    python benchmarks/live_results.py [RESPONSES]

A database of made-up responses (20,000) is filled, read for the first time, and read again after
one more response. Then the pages' figures are worked out: what the background prepares, what a
page takes afterwards, and what a filter asks for the first time takes. Wall clock and CPU time are
both given: the machine may have other work.
"""

import base64
import gc
import re
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1]))

from alembic import command

from app import create_app
from app.cli import alembic_config
from app.config import Settings
from app.database import Database
from app.models import Consultation, Edition, Response, Revision
from app.services import editions, results
from app.services.demonstration.pages import Filled, fill
from app.services.demonstration.people import make_person
from app.services.demonstration.sending import open_demonstration
from app.services.results import Choice, live, preparing
from app.services.submitting import digest_of, new_reference
from forms.codebook import Measure
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire

PEOPLE = 500
BATCH = 1_000
SENTENCE = re.compile(r"(?<=[.!?])\s+")
TARGET_MS = 500.0
FILTERS = (
    Choice(capacity="organisation"),
    Choice(verified="verified"),
    Choice(jurisdiction="GB"),
    Choice(capacity="own_name", jurisdiction="DE"),
)


def made_people(questionnaire: Questionnaire) -> list[Filled]:
    """Fill in the pages of some hundred people, without a database."""
    found = []
    for number in range(PEOPLE):
        draws = np.random.default_rng([7, number])
        found.append(fill(draws, make_person(draws, number), questionnaire))
    return found


def varied(questionnaire: Questionnaire, people: list[Filled]) -> Iterator[dict[str, Any]]:
    """Give answers without end: those of one of the people, with the sentences of several."""
    draws = np.random.default_rng(11)
    texts = [each.name for each in questionnaire.variables() if each.measure is Measure.TEXT]
    said: dict[str, list[str]] = {name: [] for name in texts}
    for each in people:
        for name in texts:
            if isinstance(words := each.given.get(name), str):
                said[name].extend(SENTENCE.split(words))
    number = 0
    while True:
        chosen = people[int(draws.integers(len(people)))]
        given = dict(chosen.given)
        for name in texts:
            if isinstance(given.get(name), str):
                some = draws.integers(len(said[name]), size=int(draws.integers(1, 4)))
                given[name] = " ".join(said[name][int(each)] for each in some)
        number += 1
        yield {
            "answers": questionnaire.settle(given, chosen.opted_out),
            "opted_out": sorted(chosen.opted_out),
            "group": chosen.person.group,
            "verified": bool(draws.random() < 0.2),
        }


def add(database: Database, edition_id: str, made: Iterator[dict[str, Any]], count: int) -> None:
    """Write responses as sending does, without its pages."""
    now = datetime.now(UTC) - timedelta(hours=1)
    for start in range(0, count, BATCH):
        with database.work() as session:
            edition = session.get_one(Edition, edition_id)
            for place in range(min(BATCH, count - start)):
                one = next(made)
                response = Response(
                    consultation_id=edition.consultation_id,
                    edition_id=edition.id,
                    reference=new_reference(),
                    group_key=one["group"],
                    verified=one["verified"],
                    synthetic=True,
                    sent_at=now,
                )
                revision = Revision(
                    response_id=response.id,
                    number=1,
                    token=response.id,
                    opted_out=one["opted_out"],
                    digest=digest_of(edition.digest, one["answers"], now),
                    sent_at=now + timedelta(milliseconds=start + place),
                )
                revision.seal(database.keyring, "answers", one["answers"])
                revision.seal(database.keyring, "confidential", {})
                session.add_all([response, revision])


def measured(words: str, work: Callable[[], Any], limit: float | None = None) -> Any:
    """Do some work, say how long it took, and give what it made."""
    gc.collect()
    wall, processor = time.perf_counter(), time.process_time()
    made = work()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    ratio = "" if limit is None else f"   {1000 * wall / limit:7.3f} of what is allowed"
    print(f"{words:58} {1000 * wall:10.1f} ms   CPU {1000 * processor:10.1f} ms{ratio}", flush=True)
    return made


def memory() -> str:
    """The most memory that this process has held so far."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB at most so far"


def newest(database: Database, consultation: Consultation) -> results.Snapshot:
    """Bring the columns up to date as the background does, and give them."""
    place = (str(database.engine.url), consultation.id)
    kept = live.kept_by_worker.setdefault(place, live.Kept())
    with kept.lock:
        live.refresh(database, consultation.id, kept)
    assert kept.snapshot is not None
    return kept.snapshot


def pages(snapshot: results.Snapshot, choice: Choice) -> list[float]:
    """How long every open question's figures take, in milliseconds."""
    found = []
    for asked in snapshot.responses.codebook.open_questions:
        started = time.perf_counter()
        for each in results.questions_of(snapshot, asked.key):
            if each.kind == "closed":
                results.figures(snapshot, each.key, choice)
        found.append(1000 * (time.perf_counter() - started))
    return found


def made_app(folder: Path) -> Flask:
    """An application of its own, with an empty database."""
    settings = Settings(
        secret_key=SecretStr(secrets.token_hex()),
        encryption_keys=SecretStr(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"),
        folder=folder,
    )
    command.upgrade(alembic_config(settings.database), "head")
    return create_app(settings)


def say(words: str, found: list[float]) -> None:
    """Print how long pages took, the middle one and the slowest."""
    print(
        f"{words:58} {np.median(found):10.1f} ms   slowest {max(found):6.1f} ms"
        f"   {max(found) / TARGET_MS:7.3f} of what is allowed",
        flush=True,
    )


def main() -> None:
    """Fill a database, and measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    questionnaire = load_questionnaire(editions.DEFAULT_FILE)
    with tempfile.TemporaryDirectory() as folder:
        app = made_app(Path(folder))
        database: Database = app.extensions["database"]
        with database.work() as session:
            edition = open_demonstration(session, questionnaire, now=datetime.now(UTC))
            edition_id, consultation = edition.id, edition.consultation
        made = varied(questionnaire, made_people(questionnaire))
        measured(f"filling {count:,} responses", lambda: add(database, edition_id, made, count))
        print(memory())
        started = time.perf_counter()
        snapshot = measured("first reading", lambda: newest(database, consultation))
        print(
            f"  for each 1,000: {1e6 * (time.perf_counter() - started) / count:.0f} ms;", memory()
        )
        measured("the rest of the background's work", lambda: preparing.prepare(snapshot))
        measured("campaigns", lambda: snapshot.campaigns)
        add(database, edition_id, made, 1)
        again = measured(
            "refresh after one more response", lambda: newest(database, consultation), 60_000
        )
        assert len(again.responses) == len(snapshot.responses) + 1
        measured("the rest of the background's work, again", lambda: preparing.prepare(again))
        measured("overview, prepared", lambda: results.overview(again), TARGET_MS)
        say("pages of open questions, prepared", pages(again, Choice()))
        for choice in FILTERS:
            say(f"pages asked for the first time: {words_of(choice)}", pages(again, choice))
        table = results.figures(again, "oq5_equal_penalty", Choice()).tables[0]
        measured("one table as CSV", lambda: results.as_csv(table), TARGET_MS)
        print(memory())
        database.engine.dispose()


def words_of(choice: Choice) -> str:
    """What a filter lets through."""
    return " ".join(filter(None, (choice.verified, choice.capacity, choice.jurisdiction)))


if __name__ == "__main__":
    main()
