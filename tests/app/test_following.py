import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa
from flask import Flask
from scipy.optimize import linprog

from app.models import Draft, DraftSection, Response
from app.models_invitations import ResponseReach
from app.services import editions, following, hidden, reach
from app.services.following import Following
from app.views.organise import follow
from tests.pages import Organiser, Respondent

KEY = "ai_and_child_protection"
PAGE = f"/organise/c/{KEY}/follow"


def send_some(app: Flask, group: str, count: int, **answers: object) -> None:
    for _ in range(count):
        person = Respondent(app, KEY).begins(group=group)
        if answers:
            person.answers("oq1", **answers)
        person.consents().sends()


def read(app: Flask) -> Following:
    with app.extensions["database"].session() as session:
        return following.read(session, editions.find(session, KEY))


def change(app: Flask, **values: object) -> None:
    with app.extensions["database"].work() as session:
        for name, value in values.items():
            setattr(editions.find(session, KEY), name, value)


# Hiding


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [
        ((30, 20), (30, 20)),
        ((30, 0), (30, 0)),
        ((30, 20, 2), (30, None, None)),
        ((30, 2, 0), (None, None, 0)),
        ((30, 20, 2, 4), (30, 20, None, None)),
        ((30, 20, 2, 1), (30, None, None, None)),
        ((3, 0), (None, None)),
        ((), ()),
    ],
)
def test_a_small_count_is_hidden_with_another_that_would_give_it_away(numbers, shown):
    assert hidden.line(numbers, 5) == shown


def solutions(shown: Sequence[int | None], total: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every line of counts that a reader could think of, who sees the others and the total."""
    ranges = [range(most + 1) if each is None else (each,) for each in shown]
    return (each for each in itertools.product(*ranges) if sum(each) == total)


def test_no_small_count_of_a_line_can_be_worked_out():
    for numbers in itertools.product(range(8), repeat=3):
        shown = hidden.line(numbers, 5)
        possible = list(solutions(shown, sum(numbers), 21))
        for place, number in enumerate(numbers):
            if 0 < number < 5 <= sum(numbers):  # a smaller total is hidden itself
                assert len({each[place] for each in possible}) > 1, numbers


MADE_OF = ("verified", "declared", "unsent", "withdrawn")
TRUE = {  # what a group's counts are made of: verified, declared, unsent, withdrawn
    "sent": (0, 1),
    "verified": (0,),
    "declared": (1,),
    "unsent": (2,),
    "withdrawn": (3,),
    "begun": (0, 1, 2, 3),
}


def drawn(rng: np.random.Generator) -> list[Counter[str]]:
    """Counts of three groups, many of them small or nought."""
    choices = {
        "verified": (0, 1, 3, 8, 20),
        "declared": (0, 2, 6, 30),
        "unsent": (0, 1, 4, 9, 15),
        "withdrawn": (0, 0, 1, 2, 6),
    }
    return [
        Counter({name: int(rng.choice(several)) for name, several in choices.items()})
        for _ in range(3)
    ]


def range_of(wanted: np.ndarray, known: list[tuple[np.ndarray, int]]) -> float:
    """How many values a sum can have for somebody who knows these sums, none below nought."""
    equal = {
        "A_eq": np.array([each for each, _ in known]),
        "b_eq": np.array([number for _, number in known]),
    }
    least = linprog(wanted, **equal)
    most = linprog(-wanted, **equal)
    return np.inf if most.fun is None else -most.fun - least.fun


def test_no_small_count_follows_from_what_the_page_shows():
    """Attacked by linear programming, with everything that stands in the table by group."""
    rng = np.random.default_rng(5)
    totals = attacked = 0
    for _ in range(60):
        states = drawn(rng)
        table = following._counted(states, 5)
        known, small = [], []
        base = np.array([[state[name] for name in MADE_OF] for state in states]).ravel()
        for row, shown in enumerate(table):
            for name, count in zip(following.STATES, shown, strict=True):
                sums = np.zeros(12)
                for group in range(3) if row == 3 else (row,):
                    sums[[4 * group + part for part in TRUE[name]]] = 1
                number = int(sums @ base)
                if count is None:
                    small += [sums] if number < 5 else []
                else:
                    assert count == number
                    assert number == 0 or number >= 5
                    known.append((sums, number))
        totals += table[-1][0] is not None
        for each in small:
            attacked += 1
            assert range_of(each, known) >= 1

    assert attacked > 300
    assert totals >= 58  # how many were sent is nearly always a number


def test_the_total_is_shown_and_its_parts_give_way():
    states = [Counter(verified=3, declared=31, unsent=2), Counter(declared=20), Counter()]

    table = following._counted(states, 5)

    assert table[-1][0] == 54
    assert table[0][:4] == (34, None, None, None)


# What is counted


def test_an_empty_consultation_is_a_page_of_noughts(lone_app, lone_owner: Organiser):
    found = read(lone_app)

    assert found.total.sent == 0
    assert found.periods == ()
    assert [label for label, _ in found.silences] == [
        "Law enforcement",
        "Industry",
        "Civil society",
    ]
    assert "Law enforcement is silent on every open question" in lone_owner.opens(PAGE).said()


def test_begun_is_verified_and_declared_and_unsent_and_withdrawn(app, consultation: str):
    change(app, small_counts=2)
    send_some(app, "industry", 4)
    with app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(Response).limit(2)):
            each.verified = True
    for _ in range(3):
        person = Respondent(app, KEY).begins(group="industry").consents().sends()
        person.opens(f"/c/{KEY}/withdraw").presses("Withdraw")
    for _ in range(5):
        Respondent(app, KEY).begins(group="industry")

    found = read(app)

    total, industry = found.total, found.groups[1]
    assert industry.label == "Industry"
    for each in (total, industry):
        counted = (each.verified, each.declared, each.unsent, each.withdrawn, each.begun)
        assert counted == (2, 2, 5, 3, 12)
    assert found.total.sent == 4


def test_a_silent_group_stands_out_and_one_that_is_heard_is_counted(app, consultation: str):
    send_some(app, "industry", 5, oq1_overall="mixed")
    send_some(app, "civil_society", 2, oq1_overall="mixed")

    line = read(app).balance[0]

    assert line.key == "OQ1"
    assert [each.count for each in line.heard] == [0, 5, None]
    assert [each.silent for each in line.heard] == [True, False, False]


def test_what_was_sent_before_reach_was_noted_is_read(app, consultation: str):
    send_some(app, "industry", 5, oq1_overall="mixed")
    noted = read(app).balance
    with app.extensions["database"].work() as session:
        session.execute(sa.delete(ResponseReach))

    assert read(app).balance == noted


def test_sending_again_notes_what_is_reached_now(app, consultation: str):
    person = Respondent(app, KEY).begins().consents().sends()
    with app.extensions["database"].session() as session:
        assert session.scalars(sa.select(ResponseReach.open_questions)).one() == ""

    person.answers("oq1", oq1_overall="mixed").sends()

    with app.extensions["database"].session() as session:
        assert "OQ1" in session.scalars(sa.select(ResponseReach.open_questions)).one().split()


def test_a_held_response_is_not_in_the_balance(lone_app, lone_consultation: str):
    change(lone_app, small_counts=2)
    for _ in range(2):
        person = Respondent(lone_app, KEY).begins()
        person.answers("oq1", oq1_gap="Write to me at someone@example.net")
        person.consents().sends()

    found = read(lone_app)

    assert found.held == 2
    assert found.balance[0].heard[1].count == 0


def test_where_people_stop_is_the_last_page_saved_of_what_was_never_sent(app, consultation: str):
    change(app, small_counts=2)
    for _ in range(3):
        Respondent(app, KEY).begins().answers("about_you")
    for _ in range(2):
        Respondent(app, KEY).begins()
    send_some(app, "industry", 2)

    stopped = {each.title: each.stopped for each in read(app).pages if each.stopped}

    assert stopped == {"Your role": 2, "About you": 3}


def test_the_median_of_minutes_needs_enough_pages(app, consultation: str):
    change(app, small_counts=3)
    for _ in range(3):
        Respondent(app, KEY).begins().answers("oq1", oq1_overall="mixed")
    with app.extensions["database"].work() as session:
        pages = session.scalars(sa.select(DraftSection).where(DraftSection.section == "oq1"))
        for page, minutes in zip(pages, (1, 4, 30), strict=True):
            page.seconds = minutes * 60

    found = {each.title: each.minutes for each in read(app).pages}
    titles = list(found)

    assert found[titles[3]] == 4.0
    assert [each for each in found.values() if each is not None] == [4.0]


def test_days_are_those_of_the_consultations_zone(app, consultation: str):
    change(app, small_counts=2, zone="Pacific/Auckland")
    for _ in range(2):
        Respondent(app, KEY).begins()
    with app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(Draft)):
            each.created_at = datetime(2026, 5, 5, 23, 30, tzinfo=UTC)

    [period] = read(app).periods

    assert (period.first.isoformat(), period.begun, period.days) == ("2026-05-06", 2, 1)


def test_long_consultations_are_shown_by_week(app, consultation: str):
    change(app, small_counts=2)
    send_some(app, "industry", 4)
    with app.extensions["database"].work() as session:
        for number, each in enumerate(session.scalars(sa.select(Response))):
            each.sent_at -= timedelta(days=70 * (number % 2))

    periods = read(app).periods

    assert {each.days for each in periods} == {7}
    assert [each.sent for each in periods if each.sent] == [2, 2]


# The page


def test_a_reader_sees_how_it_goes_and_no_small_count(lone_app, lone_owner: Organiser):
    send_some(lone_app, "industry", 6, oq1_overall="mixed")
    send_some(lone_app, "civil_society", 3, oq1_overall="mixed")
    reader = Organiser.invited(lone_app, "reader@example.org", "reader")

    said = reader.opens(PAGE).said()

    assert "Law enforcement is silent" in said
    assert "fewer than 5" in said
    cells = [each.text_content().strip() for each in reader.page.xpath("//td")]
    numbers = {int(each) for each in cells if each.isdecimal()}
    assert numbers.isdisjoint({1, 2, 3, 4})


def test_a_picture_stands_beside_its_numbers(lone_app, lone_owner: Organiser):
    send_some(lone_app, "industry", 6)

    page = lone_owner.opens(PAGE).page

    bars = page.xpath("//*[local-name()='svg'][@role='img']/*[local-name()='rect']")
    assert len(bars) == 2
    assert page.xpath("//details//table//td")[1].text_content() == "6"


def test_a_consultation_that_has_not_opened_says_so(lone_app, lone_owner: Organiser):
    change(lone_app, opens_at=None)

    assert "has not opened yet" in lone_owner.opens(PAGE).said()


def test_the_page_holds_nothing_that_was_written(lone_app, lone_owner: Organiser):
    canary = "canaryword"
    Respondent(lone_app, KEY).begins().answers("oq1", oq1_gap=canary)
    Respondent(lone_app, KEY).begins().answers("oq1", oq1_gap=canary).consents().sends()

    assert canary not in lone_owner.opens(PAGE).text
    with lone_app.extensions["database"].session() as session:
        kept = session.scalars(sa.select(ResponseReach.open_questions)).one()
        assert set(kept.split()) <= {f"OQ{number}" for number in range(1, 18)}


def test_a_bar_is_as_high_as_its_number_and_a_hidden_one_is_a_stub():
    day = datetime(2026, 5, 5, tzinfo=UTC).date()
    picture = follow.draw((following.Period(day, 1, 100, 50), following.Period(day, 1, None, 0)))

    heights = [round(each.height / picture.bars[0].height, 2) for each in picture.bars[:2]]
    assert heights == [1.0, 0.5]
    assert [(each.height, each.hidden) for each in picture.bars[2:]] == [(follow.STUB, True)]
    assert [each.words for each in picture.lines] == ["0", "50", "100"]


def test_what_is_reached_follows_the_questions_that_serve_it(questionnaire):
    question = next(each for each in questionnaire.questions if each.id == "oq1_overall")
    answers = {"group": "industry", "capacity": "own_name", "oq1_overall": "mixed"}

    assert reach.served(questionnaire, answers, ()).split() == list(question.serves)
    assert reach.served(questionnaire, answers, ("oq1",)) == ""
