"""`python -m analysis texts EXPORT --out DIR`: lists for the team, never for publication."""

import csv
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from analysis.commands.choosing import add_export
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import Telling, grid, progress, say
from analysis.export import read_export
from analysis.responses import Responses
from analysis.written import answers_to, may_be_shown, open_variables

EXAMPLES = """\
examples:
  python -m analysis texts export --out texts
  python -m analysis texts export --out texts --variable oq5_why
"""
Lines = list[Sequence[object]]


def add(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = add_command(
        subparsers, "texts", "list fillers, campaigns and each group's own words", EXAMPLES, run
    )
    add_export(parser)
    parser.add_argument("--out", type=Path, required=True, help="the folder to write")
    parser.add_argument(
        "--variable", nargs="+", default=[], help="only these; all open questions otherwise"
    )


def run(arguments: Namespace) -> int:
    """Write the lists and print how long each is."""
    responses = read_export(arguments.export)
    names = arguments.variable or [each.name for each in open_variables(responses)]
    answers = {name: answers_to(responses, name) for name in names}
    with progress("Reading the texts") as tell:
        lists = {
            "fillers.csv": fillers(answers),
            "campaigns.csv": campaigns(answers, tell),
            "vocabulary.csv": vocabulary(responses, answers, tell),
        }
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, lines in lists.items():
        write(arguments.out / name, lines)
    records = [("variable", "wrote", "may be shown")]
    records += [
        (name, str(len(found)), str(len(may_be_shown(found)))) for name, found in answers.items()
    ]
    for line in grid(records):
        say(line)
    for name, lines in lists.items():
        say(f"{len(lines) - 1} lines in {arguments.out / name}")
    say("For the team: these lists hold texts that may not be published.")
    return 0


def fillers(answers: dict[str, pd.DataFrame]) -> Lines:
    """List the answers without a view of their own, with the rule that each met."""
    from analysis.texts.fillers import find_fillers

    lines: Lines = [("variable", "response_id", "rule", "text")]
    for name, found in answers.items():
        for filler in find_fillers(found["text"].tolist()).fillers:
            response = found["response_id"].iloc[filler.position]
            lines.append((name, response, filler.kind, filler.text))
    return lines


def campaigns(answers: dict[str, pd.DataFrame], tell: Telling) -> Lines:
    """List who sent the same words to several questions."""
    from analysis.texts.campaigns import find_campaigns

    lines: Lines = [("campaign", "response_id", "in how many questions", "of respondents")]
    frames = [found.assign(question=name) for name, found in answers.items() if len(found)]
    if not frames:
        return lines
    tell("Looking for campaigns")
    together = pd.concat(frames, ignore_index=True)[["response_id", "question", "text"]]
    for number, campaign in enumerate(find_campaigns(together).campaigns, start=1):
        lines += [
            (number, response, shared, len(campaign.responses))
            for response, shared in campaign.shared
        ]
    return lines


def vocabulary(responses: Responses, answers: dict[str, pd.DataFrame], tell: Telling) -> Lines:
    """List each group's own words in the language that most wrote in."""
    from analysis.texts.keyness import keyness
    from analysis.texts.languages import recognise_languages

    lines: Lines = [("variable", "language", "group", "word", "z", "respondents")]
    for done, (name, found) in enumerate(answers.items()):
        tell(f"Vocabulary of {name}", done, len(answers))
        codes = [each.code for each in recognise_languages(found["text"].tolist(), light=True)]
        if not codes:
            continue
        counts = Counter(codes)
        main = min(counts, key=lambda code: (-counts[code], code))
        same = found.loc[[code == main for code in codes]].reset_index(drop=True)
        for group in keyness(same, hidden_under=responses.manifest.rules.small_counts):
            lines += [
                (name, main, group.group, word.word, f"{word.z:.2f}", word.respondents)
                for word in group.words
            ]
    return lines


def write(path: Path, lines: Iterable[Sequence[object]]) -> None:
    """Write lines as CSV in which no cell is a formula."""
    from analysis.report.writing import harmless

    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([[harmless(str(cell)) for cell in line] for line in lines])
