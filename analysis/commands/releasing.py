"""`python -m analysis release EXPORT --out DIR`."""

from argparse import Namespace
from pathlib import Path

from analysis.commands.choosing import add_export
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import progress, say
from analysis.export import read_export

EXAMPLES = """\
examples:
  python -m analysis release export --out for-publication
  python -m analysis release export --out second --previous for-publication
"""


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "release", "write the data that consent and anonymity allow", EXAMPLES, run
    )
    add_export(parser)
    parser.add_argument("--out", type=Path, required=True, help="a new folder to write")
    parser.add_argument(
        "--previous", type=Path, help="the release before, so that the two give nothing away"
    )


def run(arguments: Namespace) -> int:
    """Write the data for publication."""
    from analysis.release import write_release

    with progress("Reading the export") as tell:
        responses = read_export(arguments.export)
        written = write_release(
            responses, arguments.out, previous=arguments.previous, progress=tell
        )
    for path in written:
        say(str(path))
    if written.records is None:
        say(f"No public records: {written.no_records}")
    return 0
