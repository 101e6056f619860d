"""What an organiser waits for on the results pages: run me and read the ratios of this one run.

    python benchmarks/live_results.py [RESPONSES ...]

For each number of responses (20,000, then 1,000 and 300) a database of made-up responses is filled,
and served by two workers as the service is run. Then every results page is asked for over HTTP, by
the clock: everybody, one filter, two filters; for the first time and again; then while a response
more is being counted. How long it takes until that one is shown, and how large a worker has grown,
stand at the end. The machine may have other work: every time is beside the half second allowed.
"""

import base64
import http.client
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
from flask import Flask
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1]))

from alembic import command

from app import create_app
from app.cli import alembic_config
from app.config import Settings
from app.database import Database
from app.models import Edition, Response, Revision
from app.services import editions
from app.services.demonstration.pages import Filled, fill
from app.services.demonstration.people import make_person
from app.services.demonstration.sending import KEY, open_demonstration
from app.services.submitting import digest_of, new_reference
from forms.codebook import Measure
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire
from tests.pages import Organiser

PEOPLE = 500
BATCH = 1_000
SENTENCE = re.compile(r"(?<=[.!?])\s+")
ALLOWED_MS = 500.0
WORKERS = 2
ROUNDS = 4
COUNTS = (20_000, 1_000, 300)
RESULTS = f"/organise/c/{KEY}/results"
NOBODY_LEFT_OUT: dict[str, str] = {}
ONE = (
    {"verified": "verified"},
    {"capacity": "organisation"},
    {"jurisdiction": "GB"},
    {"jurisdiction": "DE"},
    {"campaigns": "without"},
)
TWO = (
    {"verified": "verified", "capacity": "organisation"},
    {"verified": "declared", "jurisdiction": "GB"},
    {"capacity": "own_name", "jurisdiction": "DE"},
    {"capacity": "organisation", "campaigns": "without"},
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


def made_app(folder: Path) -> tuple[Flask, dict[str, str]]:
    """An application with an empty database, and the environment that serves the same."""
    secret = secrets.token_hex()
    key = f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"
    settings = Settings(secret_key=SecretStr(secret), encryption_keys=SecretStr(key), folder=folder)
    command.upgrade(alembic_config(settings.database), "head")
    environment = {
        "CONSULT_SECRET_KEY": secret,
        "CONSULT_ENCRYPTION_KEYS": key,
        "CONSULT_FOLDER": str(folder),
    }
    return create_app(settings), environment


@dataclass
class Server:
    """The service as it is run, and an organiser who is signed in."""

    port: int
    process: subprocess.Popen[bytes]
    cookie: str = ""
    waited: list[float] = field(default_factory=list)

    def opens(self, path: str, query: dict[str, str] = NOBODY_LEFT_OUT) -> tuple[int, str, float]:
        """Ask for a page, and give its status, its words, and how long it took in milliseconds."""
        address = f"{path}?{urlencode(query)}" if query else path
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", address, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        words = answer.read().decode(errors="replace")
        took = 1000 * (time.perf_counter() - started)
        connection.close()
        self.waited.append(took)
        if answer.status not in (200, 202):
            msg = f"{address} answered {answer.status}"
            raise RuntimeError(msg)
        return answer.status, words, took

    def memory(self) -> list[float]:
        """What each worker holds now, in megabytes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        found = []
        for each in children.split():
            status = Path(f"/proc/{each}/status").read_text()
            found.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024)  # type: ignore[index]  # Linux
        return sorted(found)[-WORKERS:]


@contextmanager
def served(app: Flask, environment: dict[str, str]) -> Iterator[Server]:
    """Serve the application with two workers, and sign an owner in."""
    owner = Organiser.first_owner(app)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = f"{sys.executable} -m granian --interface wsgi --factory --workers {WORKERS}"
    words += f" --blocking-threads 8 --port {port} --log-level error app:create_app"
    process = subprocess.Popen(
        words.split(),
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[1],
    )
    cookies = owner.client._cookies.values()  # noqa: SLF001 - the client has no list of its own
    server = Server(port, process, "; ".join(f"{each.key}={each.value}" for each in cookies))
    try:
        for _ in range(300):
            try:
                server.opens("/organise/")
                break
            except OSError:
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()


def say(words: str, took: list[float], more: str = "") -> None:
    """Print how long something took: the middle one, and the slowest beside what is allowed."""
    over = sum(each > ALLOWED_MS for each in took)
    print(
        f"{words:44} {len(took):4} asked   middle {np.median(took):6.0f} ms"
        f"   slowest {max(took):6.0f} ms   {max(took) / ALLOWED_MS:6.2f} of what is allowed"
        f"   {over} over{more}",
        flush=True,
    )


def until(server: Server, shown: str, path: str, query: dict[str, str] = NOBODY_LEFT_OUT) -> float:
    """Ask until both workers show something, and give how many seconds that took."""
    started, together = time.perf_counter(), 0
    while together < 4 * WORKERS:
        status, words, _ = server.opens(path, query)
        done = status == 200 and shown in words
        together = together + 1 if done else 0
        if not done:
            time.sleep(0.5)
    return time.perf_counter() - started


def pages_of(questionnaire: Questionnaire) -> list[str]:
    """Every results page and file that filters apply to."""
    codebook = questionnaire.codebook()
    found = [f"{RESULTS}/{each.key}" for each in codebook.open_questions]
    found += [
        f"{RESULTS}/words/{each.key}"
        for each in codebook.questions
        if each.kind == "open" and each.serves
    ]
    for key in ("oq5_equal_penalty", "oq8_effectiveness", "oq12_first"):
        found += [f"{RESULTS}/{key}/0.csv", f"{RESULTS}/{key}/0.svg"]
    return found


def ask_all(
    server: Server, pages: list[str], words: str, queries: tuple[dict[str, str], ...]
) -> None:
    """Ask for every page with these filters: for the first time, and some times more."""
    took: list[list[float]] = [[] for _ in range(ROUNDS)]
    for query in queries:
        for each in pages:
            for times in took:
                times.append(server.opens(each, query)[2])
    say(f"{words}, the first visit", took[0])
    say(f"{words}, any later visit", [each for times in took[1:] for each in times])


def measure(count: int, questionnaire: Questionnaire, people: list[Filled]) -> None:
    """Fill a database, serve it, and ask for everything."""
    with tempfile.TemporaryDirectory() as name:
        app, environment = made_app(Path(name))
        database: Database = app.extensions["database"]
        with database.work() as session:
            edition_id = open_demonstration(session, questionnaire, now=datetime.now(UTC)).id
        made = varied(questionnaire, people)
        started = time.perf_counter()
        add(database, edition_id, made, count)
        print(
            f"\n{count:,} responses, written in {time.perf_counter() - started:.1f} s", flush=True
        )
        with served(app, environment) as server:
            ask_everything(server, questionnaire, count)
            add(database, edition_id, made, 1)
            server.waited.clear()
            seconds = until(server, f"{count + 1:,} responses count", RESULTS)
            print(f"one more response is shown by both workers after {seconds:.1f} s of 60")
            say("the overview, asked for meanwhile", server.waited)
            print(f"workers hold {', '.join(f'{each:,.0f}' for each in server.memory())} MB")
        database.engine.dispose()


def ask_everything(server: Server, questionnaire: Questionnaire, count: int) -> None:
    """Ask for the pages of a service that was just started, then for all of them."""
    server.waited.clear()
    seconds = until(server, f"{count:,} responses count", RESULTS)
    print(f"after a start both workers show figures in {seconds:.1f} s")
    say("the overview, asked for meanwhile", server.waited)
    again = [server.opens(RESULTS)[2] for _ in range(20)]
    say("the overview", again)
    pages = pages_of(questionnaire)
    ask_all(server, pages, "everybody", (NOBODY_LEFT_OUT,))
    server.waited.clear()
    started, query = time.perf_counter(), {"campaigns": "without"}
    while any("is being worked out" in server.opens(pages[0], query)[1] for _ in range(8)):
        time.sleep(0.5)
    print(f"campaigns are known after {time.perf_counter() - started:.1f} s")
    say("a page, asked for meanwhile", server.waited)
    ask_all(server, pages, "one filter", ONE)
    ask_all(server, pages, "two filters", TWO)
    print(f"workers hold {', '.join(f'{each:,.0f}' for each in server.memory())} MB")


def main() -> None:
    """Measure each number of responses."""
    counts = [int(each) for each in sys.argv[1:]] or COUNTS
    questionnaire = load_questionnaire(editions.DEFAULT_FILE)
    people = made_people(questionnaire)
    for count in counts:
        measure(count, questionnaire, people)


if __name__ == "__main__":
    main()
