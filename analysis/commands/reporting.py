"""`python -m analysis report EXPORT --out DIR`."""

from argparse import Namespace
from pathlib import Path

from analysis.commands.choosing import add_export
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import progress, say
from analysis.export import read_export

EXAMPLES = """\
examples:
  python -m analysis report export --out report
  python -m analysis report export --out report --format html docx pdf
"""


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "report", "write the report, its tables and its pictures", EXAMPLES, run
    )
    add_export(parser)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument(
        "--format", nargs="+", default=["html"], metavar="FORMAT", help="html, docx, pdf"
    )


def run(arguments: Namespace) -> int:
    """Write the report."""
    from analysis.report.writing import write_report

    with progress("Reading the export") as tell:
        responses = read_export(arguments.export)
        written = write_report(
            responses, arguments.out, formats=tuple(arguments.format), progress=tell
        )
    for path in written:
        if path.parent == arguments.out:
            say(str(path))
    say(f"{len(written)} files in {arguments.out}")
    return 0
