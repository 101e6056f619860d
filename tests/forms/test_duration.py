import json
from pathlib import Path

from forms.duration import TimeNeeded, time_needed
from forms.loading import load_questionnaire
from forms.questionnaire import Questionnaire

SMALL = Path(__file__).parents[1] / "small.yaml"


def with_minutes(questionnaire: Questionnaire, **minutes: int) -> Questionnaire:
    """The questionnaire, its pages of each kind with so many minutes, or with none."""
    content = json.loads(questionnaire.to_json())
    for section in content["sections"]:
        section["minutes"] = minutes.get(section["kind"])
    return Questionnaire.from_json(json.dumps(content))


def test_a_response_takes_its_topics_and_the_pages_around_them(questionnaire: Questionnaire):
    timed = with_minutes(questionnaire, start=4, topic=2)

    assert time_needed(timed) == TimeNeeded(
        topic=2, some=((3, 10), (9, 20)), topics=17, everything=40
    )


def test_nothing_is_said_where_a_topic_does_not_say_how_long_it_takes(
    questionnaire: Questionnaire,
):
    assert time_needed(with_minutes(questionnaire, start=4, closing=9)) is None


def test_a_number_of_topics_that_there_are_not_is_not_named():
    small = load_questionnaire(SMALL)
    timed = with_minutes(small, start=1, topic=7)

    assert time_needed(timed) == TimeNeeded(
        topic=7,
        some=(),
        topics=len(small.topics),
        everything=5 * round((1 + 7 * len(small.topics)) / 5),
    )
