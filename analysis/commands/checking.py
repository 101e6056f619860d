"""`python -m analysis check EXPORT`."""

from argparse import Namespace

import numpy as np

from analysis.accounting import account_of
from analysis.commands.choosing import add_export
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import grid, say
from analysis.crosstabs import group_columns
from analysis.export import read_export
from analysis.summaries import summarise

EXAMPLES = """\
examples:
  python -m analysis check export
"""


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "check", "check an export folder and list what it holds", EXAMPLES, run
    )
    add_export(parser)


def run(arguments: Namespace) -> int:
    """Say what the export holds; reading it has checked it."""
    responses = read_export(arguments.export)
    noted, facts = account_of(responses), responses.manifest.consultation
    say(facts.title)
    if responses.manifest.synthetic:
        say("Made-up responses: nobody sent them.")
    removed = ", ".join(f"{count} {reason}" for reason, count in noted.removed)
    say(f"{noted.received} received, {noted.included} included; taken out: {removed or 'none'}")
    columns = group_columns(responses)
    everybody = np.ones(len(responses), dtype=np.bool_)
    sizes = zip(columns.headings, columns.count(everybody), strict=True)
    say(", ".join(f"{heading} {size}" for heading, size in sizes))
    for warning in responses.manifest.warnings:
        say(f"Note: {warning}")
    say()
    records = [("variable", "measure", "asked", "answered")]
    for variable in responses.codebook.variables:
        answered = int(summarise(responses, variable, columns).answered[-1])
        asked = int(responses.was_asked(variable.name).sum())
        records.append((variable.name, str(variable.measure), str(asked), str(answered)))
    for line in grid(records):
        say(line)
    say()
    say("The folder is whole: digests, columns, categories and routes agree.")
    return 0
