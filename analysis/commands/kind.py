"""How a command joins the others."""

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    Subparsers: TypeAlias = "_SubParsersAction[ArgumentParser]"
else:
    Subparsers = object


def add_command(
    subparsers: Subparsers,
    name: str,
    words: str,
    examples: str,
    run: Callable[[Namespace], int],
) -> ArgumentParser:
    """Add a command with its help and its examples."""
    parser = subparsers.add_parser(
        name,
        help=words,
        description=f"{words[0].upper()}{words[1:]}.",
        epilog=examples,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser
