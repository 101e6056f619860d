"""`python -m forms check FILE` and `python -m forms coverage FILE`."""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from forms.loading import check
from forms.questionnaire import Questionnaire


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status: 0 where all is well."""
    parser = argparse.ArgumentParser(prog="python -m forms", description="Questionnaires as data.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (
        ("check", "say everything that is wrong with a questionnaire"),
        ("coverage", "count the questions for each open question, group and kind"),
    ):
        commands.add_parser(name, help=what).add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)

    questionnaire, mistakes = check(chosen.file)
    if chosen.command == "coverage" and questionnaire is not None:
        print_coverage(questionnaire)
    for mistake in mistakes:
        print(mistake)
    if mistakes or questionnaire is None:
        print(f"{len(mistakes)} to mend", file=sys.stderr)
        return 1
    if chosen.command == "check":
        count = len(questionnaire.questions)
        sections = len(questionnaire.sections)
        print(f"{chosen.file}: in order. {count} questions in {sections} sections.")
    return 0


def print_coverage(questionnaire: Questionnaire) -> None:
    """Print open question by group by kind, as counts of questions."""
    table = Table("Open question", "Title")
    for group in questionnaire.groups:
        table.add_column(f"{group}\nclosed + open", justify="right")
    rows = questionnaire.coverage()
    for each in questionnaire.open_questions:
        own = [row for row in rows if row.open_question == each.key]
        table.add_row(each.key, each.title, *(f"{row.closed} + {row.open}" for row in own))
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
