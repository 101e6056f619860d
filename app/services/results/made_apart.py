"""Making what is published in a process of its own, so that nobody who answers waits for it.

Hiding, Word and PDF keep a processor busy for a minute and take a gigabyte. A thread of the web
server would slow its pages and keep the memory. The process gets a folder with an export and an
order, and no keys, no address of the database. It runs behind everything else on the machine.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGKILL

from app.config import ROOT
from app.services import background
from app.services.results.report_files import CannotPublish, Made, Tell

LONGEST_SECONDS = 3600.0
ORDER, PAGE = "order.json", "page.json"
STEP, REFUSED = "step ", "refused "
SECRET = ("CONSULT_", "DATABASE_URL")


class StoppedByTheServer(Exception):
    """The process was ended from outside: memory ran out, or it took far too long."""


class BrokeOff(Exception):
    """The process failed; why is in the log of the service."""


@dataclass(frozen=True)
class Order:
    """What to make: the folders are beside the order."""

    earlier: tuple[str, ...]
    next_steps: tuple[str, ...]


def write_files_apart(
    folder: Path,
    *,
    earlier: Sequence[str] = (),
    next_steps: Sequence[str] = (),
    tell: Tell,
    longest: float = LONGEST_SECONDS,
) -> Made:
    """Make what `write_files` makes of the export in `folder`/export, in `folder`/made.

    `earlier` are names of folders within `folder`.

    Raises
    ------
    CannotPublish
        If somebody would be exposed.
    StoppedByTheServer
        If the process was killed, or took longer than `longest` seconds.
    BrokeOff
        If it failed.
    """
    order = Order(tuple(earlier), tuple(next_steps))
    (folder / ORDER).write_text(json.dumps(asdict(order)), encoding="utf-8")
    refused = None
    with subprocess.Popen(  # noqa: S603 - our own module, and a folder that we made
        [sys.executable, "-m", "app.services.results", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=surroundings(),
    ) as process:
        clock = threading.Timer(longest, process.kill)
        clock.daemon = True
        clock.start()
        try:
            with background.stopping_with(process.kill):
                for line in process.stdout or ():
                    if line.startswith(STEP):
                        tell(int(line.removeprefix(STEP)))
                    elif line.startswith(REFUSED):
                        refused = json.loads(line.removeprefix(REFUSED))
                ended = process.wait()
        finally:
            clock.cancel()
            process.kill()
    background.go_on()
    if refused is not None:
        raise CannotPublish(refused)
    if ended == -SIGKILL:
        raise StoppedByTheServer
    if ended:
        raise BrokeOff(f"it ended with {ended}")
    return Made(json.loads((folder / PAGE).read_text(encoding="utf-8")), folder / "made")


def surroundings() -> dict[str, str]:
    """The environment of the process: no secret is in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SECRET)}
    places = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(places)}
