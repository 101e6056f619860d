"""Who is asked at all: sets of values given in earlier sections, and no expressions."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field

from forms.codebook import Frozen, Key


class Clause(Frozen):
    """The answer named is one of these values; of several choices, at least one is."""

    answer: Key
    any_of: Annotated[tuple[Key, ...], Field(min_length=1)]

    def holds(self, answers: Mapping[str, object]) -> bool:
        """Say whether the answers meet this clause. A blank answer never does."""
        given = answers.get(self.answer)
        if isinstance(given, str):
            return given in self.any_of
        if isinstance(given, list | tuple):
            return any(value in self.any_of for value in given)
        return False


def spell_out(value: object) -> object:
    """Turn `{group: [industry]}`, as an author writes it, into clauses."""
    if isinstance(value, Mapping):
        return [{"answer": answer, "any_of": any_of} for answer, any_of in value.items()]
    return value


Condition = Annotated[tuple[Clause, ...], BeforeValidator(spell_out)]


def holds(condition: tuple[Clause, ...], answers: Mapping[str, object]) -> bool:
    """Say whether every clause holds. No clauses: everybody is asked."""
    return all(clause.holds(answers) for clause in condition)
