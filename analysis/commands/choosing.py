"""Arguments that several commands share: the export, whose answers to count, which base."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from analysis.commands.screen import warn
from analysis.disclosure import hide_small_counts
from analysis.export import read_export
from analysis.filters import Filter, narrow
from analysis.responses import Responses
from analysis.tables import Table


def add_export(parser: ArgumentParser) -> None:
    """Take the export folder."""
    parser.add_argument("export", type=Path, help="the folder that `flask export` wrote")


def add_filters(parser: ArgumentParser) -> None:
    """Take whose answers to count."""
    group = parser.add_argument_group("whose answers to count (everybody's by default)")
    either = group.add_mutually_exclusive_group()
    either.add_argument("--verified", action="store_true", help="only those verified by invitation")
    either.add_argument("--declared", action="store_true", help="only those who declared a group")
    group.add_argument("--capacity", nargs="+", default=[], metavar="KEY")
    group.add_argument("--jurisdiction", nargs="+", default=[], metavar="CODE", help="such as GB")


def chosen_responses(arguments: Namespace) -> Responses:
    """Read the export and keep the responses asked for."""
    responses = read_export(arguments.export)
    verified = True if arguments.verified else False if arguments.declared else None
    kept = narrow(
        responses,
        Filter(
            verified=verified,
            capacity=tuple(arguments.capacity),
            jurisdiction=tuple(arguments.jurisdiction),
        ),
    )
    if len(responses) and not len(kept):
        warn(f"Nobody is left: no response is {kept.filters}.")
    return kept


def hidden(responses: Responses, tables: tuple[Table, ...]) -> tuple[Table, ...]:
    """Hide small counts by the rule that the consultation was opened with."""
    own = (responses.codebook.roles.group, responses.codebook.roles.channel)
    return hide_small_counts(
        tables,
        responses.manifest.rules.small_counts,
        not_answers=tuple(name for name in own if name is not None),
    )
