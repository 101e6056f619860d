"""Work in the background, which comes home before its process ends.

A thread that is inside pandas or Arrow while Python goes away stops the process from ending, or
breaks it off. So an ending process waits a while for its threads, and long work asks on its way
whether to go on. What is stopped is begun again by whoever looks next. Workers of granian end at
once, without any of this: they leave Python as it stands.
"""

import atexit
import logging
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

WAIT_SECONDS = 20.0
logger = logging.getLogger(__name__)
ending = threading.Event()
stops: set[Callable[[], None]] = set()
threads: "weakref.WeakSet[threading.Thread]" = weakref.WeakSet()


def start(work: Callable[..., None], *given: object, name: str | None = None) -> None:
    """Do this work in a thread of its own."""
    thread = threading.Thread(target=work, args=given, name=name, daemon=True)
    threads.add(thread)
    thread.start()


def go_on() -> None:
    """Ask whether to go on: where the process ends, this thread ends here, silently."""
    if ending.is_set():
        raise SystemExit


@contextmanager
def stopping_with(stop: Callable[[], None]) -> Iterator[None]:
    """Call this when the process ends while what stands inside is still being done."""
    stops.add(stop)
    try:
        yield
    finally:
        stops.discard(stop)


@atexit.register
def come_home() -> None:
    """Wait for every thread, and not without end."""
    ending.set()
    for stop in list(stops):
        stop()
    until = time.monotonic() + WAIT_SECONDS
    for thread in list(threads):
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            logger.warning("work in the background did not end: %s", thread.name)
