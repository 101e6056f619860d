"""What holds of every request of the team in every test: a change leaves a line in the trail.

Each address that the team posts to is posted to by some test, so a new one is watched too.
"""

import re

import sqlalchemy as sa
from flask import Flask, g, has_request_context, request

WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', re.IGNORECASE)
COUNTS_REQUESTS = {"attempt", "sign_in"}
LEAVES_NO_LINE = {
    "account.forgotten": "nobody is signed in; the letter tells whose account it is",
    "account.setup": "an app that is only begun; its first code leaves the line",
    "account.new_app": "an app that is only begun; its first code leaves the line",
    "organise.entering_new": "a response that is being typed; sending it leaves the line",
    "organise.entering_section": "a response that is being typed; sending it leaves the line",
}


def watch(app: Flask) -> None:
    """Fail whatever test lets one of the team change something that the trail does not know."""

    def note(connection, cursor, statement: str, *_: object) -> None:
        if has_request_context() and (found := WRITES.match(statement)):
            g.setdefault("written", set()).add(found.group(1))

    def check(error: BaseException | None) -> None:
        written = g.get("written", set()) - COUNTS_REQUESTS
        ours = request.blueprint in {"organise", "account"}
        if ours and written and request.endpoint not in LEAVES_NO_LINE and error is None:
            assert "audit_event" in written, f"{request.endpoint} wrote {written} and left no line"

    sa.event.listen(app.extensions["database"].engine, "before_cursor_execute", note)
    app.teardown_request(check)
