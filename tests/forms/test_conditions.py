"""Conditions: sets of values, and nothing cleverer."""

import pytest
from pydantic import TypeAdapter, ValidationError

from forms.conditions import Clause, Condition, holds

CONDITION: TypeAdapter[tuple[Clause, ...]] = TypeAdapter(Condition)


def test_an_author_writes_a_mapping_and_the_document_spells_it_out() -> None:
    condition = CONDITION.validate_python({"group": ["police", "industry"]})

    assert condition == (Clause(answer="group", any_of=("police", "industry")),)
    assert CONDITION.validate_python(CONDITION.dump_python(condition, mode="json")) == condition


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("police", True),
        ("charity", False),
        (["charity", "police"], True),
        (["charity"], False),
        ([], False),
        (None, False),
        (0, False),
        ({"police": 1}, False),
    ],
)
def test_a_clause_holds_where_a_value_given_is_among_its_own(given: object, expected: bool) -> None:
    condition = CONDITION.validate_python({"group": ["police", "industry"]})

    assert holds(condition, {"group": given}) == expected


def test_all_clauses_must_hold() -> None:
    condition = CONDITION.validate_python({"group": ["police"], "capacity": ["own_name"]})

    assert holds(condition, {"group": "police", "capacity": "own_name"})
    assert not holds(condition, {"group": "police"})


def test_no_condition_asks_everybody() -> None:
    assert holds((), {})


def test_a_clause_without_values_is_refused() -> None:
    with pytest.raises(ValidationError):
        CONDITION.validate_python({"group": []})
