"""`python -m analysis COMMAND …`: from an export folder to figures.

Exit status: 0 done; 1 what was asked for cannot be done, and standard error says why; 2 the
command line was not understood.
"""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence

from analysis.attack import ExposureError
from analysis.commands import (
    checking,
    comparing,
    ingesting,
    releasing,
    reporting,
    tabulating,
    texts,
)
from analysis.commands.screen import warn
from analysis.export import ExportError

EXAMPLES = """\
examples:
  python -m analysis report export --out report
  python -m analysis table export oq5_equal_penalty
  python -m analysis compare export
  python -m analysis COMMAND --help
"""


def build_parser() -> ArgumentParser:
    """Give the parser of the command line."""
    parser = ArgumentParser(
        prog="python -m analysis",
        description="From the export of a consultation to tables, texts and a report.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in (reporting, tabulating, comparing, texts, releasing, ingesting, checking):
        command.add(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit status."""
    chosen = build_parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        warn(f"Cannot {chosen.command}: {error.strerror or error}{where}")
        return 1
    except (ExportError, ExposureError, ValueError) as error:
        warn(f"Cannot {chosen.command}: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
