"""A made-up consultation with one question of every measure, for the tests of the analysis.

Import it from a test with `from tests.analysis.exports import make_export`.
`make_export(folder, responses=300, seed=1)` writes a whole export folder and gives its codebook;
`rows(…)` gives only the rows, for a test that wants to change one by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from forms.codebook import (
    AskedQuestion,
    Category,
    Codebook,
    Measure,
    OpenQuestion,
    Roles,
    SectionTitle,
    Variable,
)
from forms.folder import write_folder
from forms.manifest import Accounting, ConsultationFacts, GroupCount, Manifest

Thing = TypeVar("Thing")

GROUPS = ("law_enforcement", "industry", "civil_society")
DONT_KNOW = Category(key="dont_know", label="Don’t know", substantive=False)
CANNOT_SAY = Category(
    key="cannot_say", label="Cannot say (legal or operational reasons)", substantive=False
)
AGREEMENT = (
    Category(key="strongly_disagree", label="Strongly disagree", side="against"),
    Category(key="disagree", label="Disagree", side="against"),
    Category(key="neither", label="Neither agree nor disagree", side="middle"),
    Category(key="agree", label="Agree", side="for"),
    Category(key="strongly_agree", label="Strongly agree", side="for"),
)
LEANING = {"law_enforcement": 1.0, "industry": -0.6, "civil_society": 0.3}


class Chance:
    """A seeded draw of plain Python things: NumPy's generator, without NumPy's types."""

    def __init__(self, seed: int) -> None:
        self.draws = np.random.default_rng(seed)

    def random(self) -> float:
        """Draw from 0 up to 1."""
        return float(self.draws.random())

    def below(self, end: int, start: int = 0) -> int:
        """Draw a whole number from start, below end."""
        return int(self.draws.integers(start, end))

    def near(self, middle: float, spread: float) -> int:
        """Draw a whole number around a middle."""
        return round(float(self.draws.normal(middle, spread)))

    def choice(self, things: Sequence[Thing]) -> Thing:
        """Draw one thing."""
        return things[self.below(len(things))]

    def sample(self, things: Sequence[Thing], many: int) -> list[Thing]:
        """Draw several different things."""
        return [things[place] for place in self.draws.permutation(len(things))[:many]]


def categories(**labels: str) -> tuple[Category, ...]:
    """Make categories from key=label."""
    return tuple(Category(key=key, label=label) for key, label in labels.items())


def variable(name: str, measure: Measure, section: str, **more: Any) -> Variable:
    """Make a variable whose question goes by the same name unless said otherwise."""
    more.setdefault("question", name)
    more.setdefault("label", name.replace("_", " ").capitalize())
    return Variable(name=name, measure=measure, section=section, **more)


def variables() -> tuple[Variable, ...]:
    """Give one variable of every measure, a grid of two rows, and who is speaking."""
    group = categories(
        law_enforcement="Law enforcement", industry="Industry", civil_society="Civil society"
    )
    penalty = categories(equal="Equal penalties", lower="Lower for computer-generated material")
    barriers = categories(law="Unclear law", tools="No tools", staff="Too few staff", money="Cost")
    actions = categories(train="Training", law="New law", tools="Better tools", share="Sharing")
    made = Measure
    return (
        variable("group", made.NOMINAL, "start", categories=group),
        variable(
            "capacity",
            made.NOMINAL,
            "start",
            categories=categories(organisation="An organisation", own_name="Myself"),
        ),
        variable("jurisdiction", made.JURISDICTION, "about"),
        variable("organisation_name", made.TEXT, "about", identifying=True),
        variable(
            "oq1_prepared",
            made.ORDINAL,
            "oq1",
            label="The law where I work is prepared",
            categories=(*AGREEMENT, DONT_KNOW, CANNOT_SAY),
        ),
        variable("oq1_barriers", made.SEVERAL, "oq1", categories=(*barriers, DONT_KNOW)),
        variable("oq1_why", made.TEXT, "oq1", label="Why?"),
        *(
            variable(
                f"oq2_trust_{row}",
                made.ORDINAL,
                "oq2",
                question="oq2_trust",
                row=f"Trust in {row}",
                label=f"Trust in {row}",
                categories=(*AGREEMENT, DONT_KNOW),
            )
            for row in ("detection", "reporting")
        ),
        variable("oq2_first", made.RANKING, "oq2", categories=(*actions, DONT_KNOW), at_most=3),
        variable("oq2_how", made.TEXT, "oq2", label="How?"),
        variable(
            "oq5_equal_penalty",
            made.NOMINAL,
            "oq5",
            label="Should penalties be equal?",
            categories=(*penalty, Category(key="other", label="Other"), DONT_KNOW),
        ),
        variable(
            "oq5_equal_penalty_other", made.TEXT, "oq5", question="oq5_equal_penalty", label="Other"
        ),
        variable("oq5_share", made.POINTS, "oq5", categories=(*actions, DONT_KNOW), total=100),
        variable("oq5_days", made.NUMBER, "oq5", categories=(DONT_KNOW,), unit="days"),
        variable("oq5_sources", made.REFERENCES, "oq5"),
        variable("oq5_why", made.TEXT, "oq5", label="Why?"),
        variable(
            "publication",
            made.NOMINAL,
            "closing",
            categories=categories(
                with_name="Publish with my name",
                without_name="Publish without my name",
                count_only="Count only",
            ),
        ),
        variable(
            "verified",
            made.NOMINAL,
            "response",
            categories=categories(verified="Verified by invitation", declared="Declared"),
        ),
        variable(
            "channel",
            made.NOMINAL,
            "response",
            categories=categories(
                online="Online", paper="On paper", email="By e-mail", **{"import": "Brought in"}
            ),
        ),
    )


def make_codebook() -> Codebook:
    """Make the codebook of the made-up consultation."""
    every = variables()
    texts = {"oq1_why", "oq2_how", "oq5_why"}
    types = {
        Measure.NOMINAL: "choice",
        Measure.ORDINAL: "scale",
        Measure.SEVERAL: "choices",
        Measure.JURISDICTION: "jurisdiction",
    }
    questions: dict[str, AskedQuestion] = {}
    for each in every:
        if each.section == "response" or each.question in questions:
            continue
        served = each.section.upper() if each.section.startswith("oq") else None
        questions[each.question] = AskedQuestion(
            key=each.question,
            text=each.question.replace("_", " ").capitalize() + "?",
            section=each.section,
            kind="open" if each.question in texts else "closed",
            type="grid" if each.row else types.get(each.measure, each.measure.value),
            serves=(served,) if served else (),
        )
    return Codebook(
        questionnaire="made_up",
        version="1",
        title="A made-up consultation",
        digest="sha256:" + "0" * 64,
        roles=Roles(
            group="group",
            capacity="capacity",
            jurisdiction="jurisdiction",
            publication="publication",
            organisation="organisation_name",
            verified="verified",
            channel="channel",
        ),
        open_questions=(
            OpenQuestion(key="OQ1", title="How prepared is the law?", source="line 9"),
            OpenQuestion(key="OQ2", title="What should come first?", source="line 20"),
            OpenQuestion(key="OQ5", title="Should penalties be equal?", source="line 40"),
        ),
        sections=(
            SectionTitle(key="start", title="About your role", kind="start"),
            SectionTitle(key="about", title="About you", kind="about"),
            SectionTitle(key="oq1", title="Preparedness", kind="topic"),
            SectionTitle(key="oq2", title="Trust", kind="topic"),
            SectionTitle(key="oq5", title="Penalties", kind="topic"),
            SectionTitle(key="closing", title="Before you send", kind="closing"),
        ),
        questions=tuple(questions.values()),
        variables=every,
    )


def rows(responses: int = 300, seed: int = 1) -> list[dict[str, Any]]:
    """Make responses that lean by group, with blanks, ways out and questions not asked."""
    chance = Chance(seed)
    return [one_row(chance, number) for number in range(responses)]


def one_row(chance: Chance, number: int) -> dict[str, Any]:
    """Make one response."""
    group = chance.choice((GROUPS[0],) * 3 + (GROUPS[1],) * 4 + (GROUPS[2],) * 5)
    row: dict[str, Any] = {
        "response_id": f"r{number:06d}",
        "submitted_on": (date(2026, 5, 5) + timedelta(days=chance.below(50))).isoformat(),
        "confidential": chance.choice(("", "", "", "oq1_why", "oq1_why oq5_why")),
        "group": group,
        "capacity": chance.choice(("organisation", "own_name")),
        "jurisdiction": chance.choice(("GB", "GB", "DE", "FR NL", None)),
        "organisation_name": f"Organisation {number}",
        "publication": chance.choice(("with_name", "without_name", "without_name", "count_only")),
        "verified": chance.choice(("verified", "declared", "declared")),
        "channel": chance.choice(("online", "online", "online", "paper", "email")),
    }
    sections = [key for key in ("oq1", "oq2", "oq5") if chance.random() < 0.85]
    asked = [
        question.key
        for question in make_codebook().questions
        if question.section in ("start", "about", "closing", *sections)
    ]
    row |= {f"asked.{key}": True for key in asked}
    for answer in (scale_answers, list_answers, figure_answers, text_answers):
        row |= answer(chance, group, asked)
    return row


def scale_answers(chance: Chance, group: str, asked: list[str]) -> dict[str, Any]:
    """Answer the scales and the single choice."""
    answers: dict[str, Any] = {}
    for name in ("oq1_prepared", "oq2_trust_detection", "oq2_trust_reporting"):
        if name.removesuffix("_detection").removesuffix("_reporting") not in asked:
            continue
        draw = chance.random()
        point = chance.near(2 + LEANING[group], 0.9)
        answers[name] = (
            None
            if draw < 0.08
            else "dont_know"
            if draw < 0.16
            else AGREEMENT[max(0, min(4, point))].key
        )
    if "oq5_equal_penalty" in asked:
        equal = 0.8 if group == "law_enforcement" else 0.45
        draw = chance.random()
        answers["oq5_equal_penalty"] = (
            "equal"
            if draw < equal
            else chance.choice(("lower", "lower", "other", "dont_know", None))
        )
        if answers["oq5_equal_penalty"] == "other":
            answers["oq5_equal_penalty_other"] = "It depends on the case"
    return answers


def list_answers(chance: Chance, group: str, asked: list[str]) -> dict[str, Any]:
    """Answer several choices and the ranking."""
    answers: dict[str, Any] = {}
    barriers = ("law", "tools", "staff", "money")
    if "oq1_barriers" in asked and chance.random() < 0.9:
        chosen = chance.sample(barriers, chance.below(4))
        answers |= {f"oq1_barriers.{key}": key in chosen for key in barriers}
        answers["oq1_barriers.dont_know"] = not chosen
    if "oq2_first" in asked:
        if chance.random() < 0.1:
            answers["oq2_first.dont_know"] = 1
        elif chance.random() < 0.9:
            items = ["train", "law", "tools", "share"]
            if group == "civil_society":
                items.insert(0, "law")
            order: list[str] = []
            while len(order) < 3:
                item = chance.choice(items)
                if item not in order:
                    order.append(item)
            answers |= {f"oq2_first.{item}": place for place, item in enumerate(order, 1)}
    return answers


def figure_answers(chance: Chance, _group: str, asked: list[str]) -> dict[str, Any]:
    """Answer the points and the number."""
    answers: dict[str, Any] = {}
    if "oq5_share" in asked:
        if chance.random() < 0.1:
            answers["oq5_share.dont_know"] = 1
        elif chance.random() < 0.9:
            cuts = sorted(chance.below(21) * 5 for _ in range(3))
            shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
            answers |= {
                f"oq5_share.{key}": float(share)
                for key, share in zip(("train", "law", "tools", "share"), shares, strict=True)
            }
    if "oq5_days" in asked:
        if chance.random() < 0.15:
            answers["oq5_days.dont_know"] = 1
        elif chance.random() < 0.85:
            answers["oq5_days"] = float(chance.below(90))
    if "oq5_sources" in asked and chance.random() < 0.1:
        answers["oq5_sources"] = (
            '[{"title": "A study", "address": "https://example.org/study", "shows": "How many"}]'
        )
    return answers


def text_answers(chance: Chance, group: str, asked: list[str]) -> dict[str, Any]:
    """Write something in some of the text boxes."""
    words = {
        "law_enforcement": "officers need evidence warrants and quick identification of victims",
        "industry": "providers need clear guidance certainty and safe harbour for testing models",
        "civil_society": "children survivors and families need support prevention and privacy",
    }[group].split()
    answers: dict[str, Any] = {}
    for name in ("oq1_why", "oq2_how", "oq5_why"):
        if name in asked and chance.random() < 0.6:
            answers[name] = " ".join(chance.choice(words) for _ in range(chance.below(25, 5))) + "."
    return answers


def make_manifest(made: Iterable[Mapping[str, Any]]) -> Manifest:
    """Make a manifest in which five responses came in that do not count."""
    counted = [row["group"] for row in made]
    by_group = {
        key: GroupCount(received=counted.count(key) + extra, included=counted.count(key))
        for key, extra in zip(GROUPS, (2, 2, 1), strict=True)
    }
    return Manifest(
        consultation=ConsultationFacts(
            key="made_up",
            title="A made-up consultation",
            opened_at=datetime(2026, 5, 5, 9, tzinfo=UTC),
            closed_at=datetime(2026, 6, 26, 17, tzinfo=UTC),
            exported_at=datetime(2026, 6, 30, 12, tzinfo=UTC),
            organiser="A made-up organiser",
        ),
        synthetic=True,
        accounting=Accounting(
            received=len(counted) + 5,
            included=len(counted),
            removed={"withdrawn": 3, "held": 2},
            drafts=7,
            by_group=by_group,
        ),
        contents="full",
    )


def make_export(
    folder: Path,
    responses: int = 300,
    seed: int = 1,
    made: list[dict[str, Any]] | None = None,
) -> Codebook:
    """Write an export folder of made-up responses, or of the rows given, and give its codebook."""
    codebook = make_codebook()
    chosen = rows(responses, seed) if made is None else made
    write_folder(folder, chosen, codebook, make_manifest(chosen))
    return codebook
