"""`python -m analysis compare EXPORT [VARIABLE …]`."""

from argparse import Namespace

from analysis.commands.choosing import add_export, add_filters, chosen_responses, hidden
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import grid, say, warn
from analysis.crosstabs import by_group
from analysis.differences import COMPARED, Difference, difference, differences

EXAMPLES = """\
examples:
  python -m analysis compare export
  python -m analysis compare export oq5_equal_penalty --groups industry civil_society
"""


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "compare",
        "say how far groups differ, the largest difference first",
        EXAMPLES,
        run,
    )
    add_export(parser)
    parser.add_argument("variable", nargs="*", help="all closed variables where none is given")
    parser.add_argument("--groups", nargs="+", metavar="KEY", help="the groups to compare")
    parser.add_argument(
        "--minimum", type=int, default=10, help="fewest views of a group (10 by default)"
    )
    parser.add_argument(
        "--show-small-counts", action="store_true", help="hide nothing: for the team only"
    )
    add_filters(parser)


def run(arguments: Namespace) -> int:
    """Print the differences."""
    responses = chosen_responses(arguments)
    codebook = responses.codebook
    topics = {section.key for section in codebook.sections if section.kind in ("topic", "closing")}
    names = arguments.variable or [
        variable.name
        for variable in codebook.variables
        if variable.measure in COMPARED and variable.section in topics
    ]
    groups = arguments.groups or [each.key for each in codebook.groups if each.substantive]
    unknown = set(groups) - {each.key for each in codebook.groups}
    if unknown:
        known = ", ".join(each.key for each in codebook.groups)
        msg = f"there is no group {', '.join(sorted(unknown))}: the groups are {known}"
        raise ValueError(msg)
    tables = tuple(by_group(responses, name) for name in names)
    if arguments.show_small_counts:
        warn("Made from all counts, small ones too. Do not publish these figures.")
    else:
        tables = hidden(responses, tables)
    found = differences(tables, groups=groups, minimum=arguments.minimum)
    show(found)
    for table in tables:
        reason = difference(table, groups=groups, minimum=arguments.minimum).reason
        if reason:
            say(f"{table.key}: {reason}")
    return 0


def show(found: tuple[Difference, ...]) -> None:
    """Print differences as a list, and what the figures mean."""
    if not found:
        return
    records = [("variable", "size", "furthest apart", "views", "test", "p", "p (Holm)")]
    for each in found:
        pair = each.pairs[0]
        records.append(
            (
                each.key,
                f"{each.size:.2f}",
                f"{pair.first}, {pair.second}",
                str(each.n),
                each.test or "none",
                probability(each.p),
                probability(each.adjusted_p),
            )
        )
    for line in grid(records):
        say(line)
    say()
    say("Size: from 0 (alike) to 1. Scales: Cliff’s delta; choices: Cramér’s V.")
    say("Respondents chose themselves, so p tells how surprising a difference would be by chance")
    say("among those who answered, and nothing of anybody else. Holm: over all tests listed here.")


def probability(p: float | None) -> str:
    """Write a probability."""
    if p is None:
        return ""
    return "under 0.001" if p < 0.001 else f"{p:.3f}"
