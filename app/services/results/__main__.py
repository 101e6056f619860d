"""The process that makes what is published: `python -m app.services.results FOLDER`."""

import gc
import json
import os
import sys
from pathlib import Path

import click

from app.services.results.made_apart import ORDER, PAGE, REFUSED, STEP, Order
from app.services.results.report_files import CannotPublish, write_files

NICE = 5


def main(folder: Path) -> None:
    """What the process does: read the order, make the files, and say how far it is."""
    os.nice(NICE)
    # Millions of objects live until the end: looking for rubbish among them is a fifth of the time.
    gc.set_threshold(200_000, 50, 1000)
    order = Order(**json.loads((folder / ORDER).read_text(encoding="utf-8")))
    try:
        made = write_files(
            folder / "export",
            folder / "made",
            earlier=[folder / each for each in order.earlier],
            next_steps=order.next_steps,
            tell=lambda step: click.echo(f"{STEP}{step}"),
        )
    except CannotPublish as refusal:
        click.echo(f"{REFUSED}{json.dumps(str(refusal))}")
        return
    (folder / PAGE).write_text(json.dumps(made.page), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
