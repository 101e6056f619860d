"""`python -m analysis table EXPORT VARIABLE …`."""

from argparse import Namespace
from pathlib import Path

from analysis.commands.choosing import add_export, add_filters, chosen_responses, hidden
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import grid, say, warn
from analysis.crosstabs import by_group, by_variable
from analysis.tables import Table

EXAMPLES = """\
examples:
  python -m analysis table export oq5_equal_penalty
  python -m analysis table export oq5_equal_penalty --base with_a_view --verified
  python -m analysis table export oq5_equal_penalty --by capacity --csv penalty.csv
"""


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "table", "count one variable or several, by group", EXAMPLES, run
    )
    add_export(parser)
    parser.add_argument("variable", nargs="+", help="a variable of the codebook")
    parser.add_argument("--by", metavar="VARIABLE", help="another variable instead of the group")
    parser.add_argument(
        "--base",
        choices=("asked", "answered", "with_a_view"),
        default="answered",
        help="what the per cents are of",
    )
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write the tables here as well")
    parser.add_argument(
        "--show-small-counts", action="store_true", help="hide nothing: for the team only"
    )
    add_filters(parser)


def run(arguments: Namespace) -> int:
    """Print the tables."""
    responses = chosen_responses(arguments)
    tables = tuple(
        by_variable(responses, name, arguments.by, base=arguments.base)
        if arguments.by
        else by_group(responses, name, base=arguments.base)
        for name in arguments.variable
    )
    if arguments.show_small_counts:
        warn("Small counts are shown. Do not publish these tables.")
    else:
        tables = hidden(responses, tables)
    for table in tables:
        show(table)
    if arguments.csv:
        write_csv(tables, arguments.csv)
    return 0


def show(table: Table) -> None:
    """Print a table."""
    say(table.title)
    for words in (table.filters, table.note):
        if words:
            say(words)
    for line in grid(list(table.as_records())):
        say(line)
    say()


def write_csv(tables: tuple[Table, ...], path: Path) -> None:
    """Write tables below each other as CSV, each under its title."""
    from analysis.report.writing import csv_bytes

    records = [
        record for table in tables for record in ((table.title,), *table.as_records(), ("",))
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(csv_bytes(records))
