"""What was written: how many, how long, and which texts their authors let us show.

Nothing is shown by default. A text may be shown where its author chose publication, did not mark
the question confidential, and the response is not held (held responses are in no export).
"""

from typing import Any

import pandas as pd

from analysis.crosstabs import by_group
from analysis.responses import Responses
from analysis.tables import Table
from forms.codebook import Measure, Variable

WITH_NAME = "with_name"
WITHOUT_NAME = "without_name"
MAY_BE_SHOWN = (WITH_NAME, WITHOUT_NAME)


def open_variables(responses: Responses, open_question: str | None = None) -> tuple[Variable, ...]:
    """Give the text variables of open questions, perhaps only those serving one open question.

    What is written beside "other" is not among them, nor is anything that says who someone is.
    """
    questions = {each.key: each for each in responses.codebook.questions}
    return tuple(
        variable
        for variable in responses.codebook.variables
        if variable.measure is Measure.TEXT
        and not variable.identifying
        and variable.question in questions
        and questions[variable.question].kind == "open"
        and (open_question is None or open_question in questions[variable.question].serves)
    )


def written_tables(responses: Responses) -> tuple[Table, ...]:
    """Count by group, for every open question, how many wrote and how many words (median)."""
    return tuple(by_group(responses, variable.name) for variable in open_variables(responses))


def answers_to(responses: Responses, name: str, *, position: str | None = None) -> pd.DataFrame:
    """Give the texts of one variable with what decides whether they may be quoted.

    Parameters
    ----------
    responses
        From `read_export`.
    name
        A text variable.
    position
        A closed variable whose answer is set beside the text, perhaps the lead of the same open
        question.

    Returns
    -------
    pandas.DataFrame
        One row a text that is not blank, in the order of the responses: `response_id`, `group`,
        `text`, `publication`, `confidential` (true or false), `held` (false: held responses are in
        no export), and where the export has them `capacity`, `organisation` and `position`. Keys,
        not labels; missing is None. `analysis.texts.quotes.pick_quotes` takes it as it is.

    Raises
    ------
    UnknownVariableError
        Where there is no such variable.
    ValueError
        Where it is no text, or says who someone is.
    """
    variable = responses.variable(name)
    if variable.measure is not Measure.TEXT or variable.identifying:
        msg = f"{name} is not a text that may be read here"
        raise ValueError(msg)
    frame, roles = responses.frame, responses.codebook.roles
    texts = frame[name].fillna("").astype("str")
    wrote = (texts.str.strip() != "").to_numpy() & responses.was_asked(name)
    some = frame.loc[wrote]
    columns: dict[str, object] = {
        "response_id": some.index.to_numpy(dtype=object),
        "group": keys(some, roles.group),
        "text": texts[wrote].to_numpy(dtype=object),
        "publication": keys(some, roles.publication),
        "confidential": [variable.question in marked.split() for marked in some["confidential"]],
        "held": False,
    }
    named = {"capacity": roles.capacity, "organisation": roles.organisation, "position": position}
    for column, source in named.items():
        if source is not None and source in frame.columns:
            columns[column] = keys(some, source)
    return pd.DataFrame(columns).reset_index(drop=True)


def keys(frame: pd.DataFrame, name: str | None) -> "pd.Series[Any]":
    """Give a column as plain keys, None where there is no answer or no such variable."""
    values = [None] * len(frame) if name is None else frame[name]
    plain = [None if pd.isna(value) else str(value) for value in values]
    return pd.Series(plain, dtype=object)


def may_be_shown(answers: pd.DataFrame) -> pd.DataFrame:
    """Keep the texts whose authors let us show them; what is unknown counts against showing."""
    agreed = answers["publication"].isin(MAY_BE_SHOWN)
    return answers.loc[agreed & ~answers["confidential"] & ~answers["held"]].reset_index(drop=True)
