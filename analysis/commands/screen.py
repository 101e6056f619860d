"""What the commands show: figures on standard output, progress and trouble on standard error."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

LABEL_AT_MOST = 60


class Telling:
    """Tells a person what is being done, with a bar where the end is known."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self.bar = bar
        self.task = task

    def __call__(self, message: str, done: float = 0, total: float = 0) -> None:
        """Show what is being done now."""
        self.bar.update(self.task, description=message, completed=done, total=total or None)


@contextmanager
def progress(message: str) -> Iterator[Telling]:
    """Show progress on standard error while something long is done."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        yield Telling(bar, bar.add_task(message, total=None))


def say(line: str = "") -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{line}\n")


def warn(line: str) -> None:
    """Write a line to standard error."""
    sys.stderr.write(f"{line}\n")


def grid(records: Sequence[Sequence[str]]) -> Iterator[str]:
    """Line up records: the first column to the left, the others to the right."""
    cut = [[shorten(record[0]), *record[1:]] for record in records]
    widths = [max(len(record[place]) for record in cut) for place in range(len(cut[0]))]
    for first, *rest in cut:
        cells = [
            first.ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)),
        ]
        yield "  ".join(cells).rstrip()


def shorten(text: str) -> str:
    """Cut a long label where a terminal would break the line."""
    return text if len(text) <= LABEL_AT_MOST else f"{text[: LABEL_AT_MOST - 1]}…"
