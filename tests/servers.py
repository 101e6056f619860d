"""Real servers for tests: the same application over HTTP, in threads or in granian's workers."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.pages import Visitor

ROOT = Path(__file__).parents[1]


class Silent(WSGIRequestHandler):
    """Says nothing to the terminal."""

    def log(self, *_: object) -> None:
        """Drop the line."""


@contextlib.contextmanager
def serving(app: Flask) -> Iterator[int]:
    """The port at which the application answers, a thread a request."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Caller:
    """Sends requests with the cookies of somebody who was here before."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def like(cls, visitor: Visitor, port: int) -> "Caller":
        held = visitor.client._cookies.values()
        return cls(port, {cookie.key: cookie.value for cookie in held})

    def gets(self, path: str) -> Answer:
        return self.asks("GET", path)

    def posts(self, path: str, values: dict[str, object], timeout: float = 60) -> Answer:
        body = urlencode(values, doseq=True)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.asks("POST", path, body, kind, timeout)

    def asks(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 60,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {"Cookie": jar, **(headers or {})})
            response = connection.getresponse()
            for line in response.headers.get_all("Set-Cookie") or ():
                name, _, value = line.split(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(
                response.status, response.headers, response.read().decode("utf-8", "replace")
            )
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@contextlib.contextmanager
def granian(
    environment: dict[str, str], folder: Path, workers: int = 2
) -> Iterator[tuple[int, int]]:
    """The port of a granian with several workers, as `make run` starts it, and its process id."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory",
        "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", "4", "--no-ws", "--log-level", "error",
        "--respawn-failed-workers", "--respawn-interval", "0.2", "app:create_app",
    ]  # fmt: skip
    log = folder / f"granian-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        try:
            wait_until_well(port, log, process)
            yield port, process.pid
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # its workers too
            process.wait()


def wait_until_well(port: int, log: Path, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 150
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError):
            if Caller(port).gets("/health").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError(f"the server did not start: {log.read_text()}")
