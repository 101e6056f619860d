"""How long answering takes, as far as the author of a questionnaire said."""

from dataclasses import dataclass

from forms.questionnaire import Questionnaire

FEW, MANY = 3, 9
ROUNDED = 5


@dataclass(frozen=True)
class TimeNeeded:
    """Minutes: of one topic, and of a whole response on some of the topics and on all of them."""

    topic: int
    some: tuple[tuple[int, int], ...]
    topics: int
    everything: int


def time_needed(questionnaire: Questionnaire) -> TimeNeeded | None:
    """The time that a response takes; None where a topic does not say how long it takes.

    Whole responses include the pages around the topics. They are rounded to five minutes.
    """
    topics = [each.minutes for each in questionnaire.topics if each.minutes is not None]
    if not topics or len(topics) != len(questionnaire.topics):
        return None
    around = sum(each.minutes or 0 for each in questionnaire.sections if each.kind != "topic")
    mean = sum(topics) / len(topics)
    return TimeNeeded(
        topic=round(mean),
        some=tuple((n, _rounded(around + n * mean)) for n in (FEW, MANY) if n < len(topics)),
        topics=len(topics),
        everything=_rounded(around + sum(topics)),
    )


def _rounded(minutes: float) -> int:
    return max(ROUNDED, ROUNDED * round(minutes / ROUNDED))
