"""`python -m analysis texts EXPORT --out DIR`: lists for the team, never for publication."""

import csv
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from analysis.commands.choosing import add_export
from analysis.commands.kind import Subparsers, add_command
from analysis.commands.screen import Telling, grid, progress, say
from analysis.export import read_export
from analysis.responses import Responses
from analysis.texts.decisions import Decision, offer_decisions, read_decisions
from analysis.written import answers_to, may_be_shown, open_variables

if TYPE_CHECKING:
    from analysis.texts.campaigns import Campaigns
    from analysis.texts.fillers import Fillers

EXAMPLES = """\
examples:
  python -m analysis texts export --out texts
  python -m analysis texts export --out texts --variable oq5_why
  python -m analysis texts export --out texts --decisions decisions.yaml
"""
Lines = list[Sequence[object]]
Answers = dict[str, pd.DataFrame]


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
    parser.add_argument(
        "--decisions",
        type=Path,
        metavar="FILE",
        help="YAML in which you say of pairs of texts whether they are the same; new pairs are "
        "added to it, and the file is made where there is none",
    )


def run(arguments: Namespace) -> int:
    """Write the lists and print how long each is."""
    responses = read_export(arguments.export)
    names = arguments.variable or [each.name for each in open_variables(responses)]
    answers = {name: answers_to(responses, name) for name in names}
    decisions = read_decisions(arguments.decisions) if arguments.decisions else ()
    with progress("Reading the texts") as tell:
        tell("Looking for campaigns")
        empty = find_empty(answers)
        found = find_copies(answers, decisions)
        lists = {
            "fillers.csv": fillers(answers, empty),
            "campaigns.csv": campaigns(found),
            "vocabulary.csv": vocabulary(responses, own_words(answers, empty, found), tell),
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
    if arguments.decisions:
        decide(arguments.decisions, found, decisions)
    say("For the team: these lists hold texts that may not be published.")
    return 0


def decide(path: Path, found: "Campaigns", decisions: Sequence[Decision]) -> None:
    """Add the pairs that nobody has decided yet to the file, and say how many wait there."""
    new = offer_decisions(path, found.undecided)
    made = sum(each.same is not None for each in decisions)
    say(f"{made} decisions of {path} were followed; {new} new pairs were added to it.")
    waiting = sum(each.same is None for each in read_decisions(path))
    if waiting:
        say(f"{waiting} pairs wait there for a person: same: true, or same: false.")


def find_empty(answers: Answers) -> dict[str, "Fillers"]:
    """Find the answers without a view of their own, by variable."""
    from analysis.texts.fillers import find_fillers

    return {name: find_fillers(found["text"].tolist()) for name, found in answers.items()}


def find_copies(answers: Answers, decisions: Sequence[Decision]) -> "Campaigns":
    """Find near-identical texts, following what a person decided about the doubtful pairs."""
    from analysis.texts.campaigns import find_campaigns

    columns = ["response_id", "question", "text"]
    frames = [found.assign(question=name)[columns] for name, found in answers.items() if len(found)]
    together = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    return find_campaigns(together, decisions=tuple(decisions))


def own_words(answers: Answers, empty: Mapping[str, "Fillers"], found: "Campaigns") -> Answers:
    """Leave out fillers, and all copies of a text but one: what is left is each writer's own."""
    copies = set(found.copies)
    kept = {}
    for name, each in answers.items():
        fillers_at = set(empty[name].positions)
        mask = [
            place not in fillers_at and (response, name) not in copies
            for place, response in enumerate(each["response_id"])
        ]
        kept[name] = each.loc[mask].reset_index(drop=True)
    return kept


def fillers(answers: Answers, empty: Mapping[str, "Fillers"]) -> Lines:
    """List the answers without a view of their own, with the rule that each met."""
    lines: Lines = [("variable", "response_id", "rule", "text")]
    for name, found in answers.items():
        for filler in empty[name].fillers:
            response = found["response_id"].iloc[filler.position]
            lines.append((name, response, filler.kind, filler.text))
    return lines


def campaigns(found: "Campaigns") -> Lines:
    """List who sent the same words to several questions."""
    lines: Lines = [("campaign", "response_id", "in how many questions", "of respondents")]
    for number, campaign in enumerate(found.campaigns, start=1):
        lines += [
            (number, response, shared, len(campaign.responses))
            for response, shared in campaign.shared
        ]
    return lines


def vocabulary(responses: Responses, answers: Answers, tell: Telling) -> Lines:
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
