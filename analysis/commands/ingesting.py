"""`python -m analysis ingest FILE MAPPING --out EXPORT`."""

from argparse import Namespace
from pathlib import Path

from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import progress, say
from analysis.damage import in_words

EXAMPLES = """\
examples:
  python -m analysis ingest responses.csv mapping.yaml --out export
  python -m analysis ingest responses.csv analysis/mappings/eu_ai_white_paper_2020.yaml --out eu
"""


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "ingest", "bring somebody else's CSV or XLSX into an export", EXAMPLES, run
    )
    parser.add_argument("file", type=Path, help="CSV or XLSX; the first row holds the headers")
    parser.add_argument("mapping", type=Path, help="YAML: whose column is which variable")
    parser.add_argument("--out", type=Path, required=True, help="the export folder to write")


def run(arguments: Namespace) -> int:
    """Write the export and say what could not be placed."""
    from analysis.ingest import ingest

    with progress("Reading the file") as tell:
        done = ingest(arguments.file, arguments.mapping, arguments.out, progress=tell)
    say(f"{done.responses} responses in {done.folder}")
    if done.damage:
        say("Worth knowing:")
        for words in in_words(done.damage):
            say(f"  {words}")
        say(f"Each of them, with row and column: {done.report[0]}")
    return 0
