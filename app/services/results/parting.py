"""Tables of those whom a filter lets through, hidden so that no page gives another away."""

from typing import TYPE_CHECKING

from app.services.results.choices import Choice, narrowed, partition_of, when
from forms.codebook import Measure

if TYPE_CHECKING:
    from analysis.parting import Parting
    from analysis.tables import Table
    from app.services.results.live import Snapshot


def parted(
    snapshot: "Snapshot", everybody: "tuple[Table, ...]", choice: Choice
) -> "tuple[Table, ...]":
    """The tables of a part, beside those of everybody as they are shown."""
    from analysis.crosstabs import by_group
    from analysis.parting import veiled

    known = snapshot.responses.codebook.by_name
    responses = narrowed(snapshot, choice, [known[str(each.variable)] for each in everybody])
    found = []
    for table in everybody:
        plain = by_group(responses, str(table.variable))
        if table.measure is Measure.JURISDICTION:
            continue  # which places are named at all would say too much
        veils = parting_of(snapshot, table, choice).veils(choice.page)
        crossed = len(choice.page) > 1
        found.append(veiled(plain, table, veils, snapshot.threshold, crossed=crossed))
    return tuple(found)


def parting_of(snapshot: "Snapshot", everybody: "Table", choice: Choice) -> "Parting":
    """How many of every part said what, for filters like these."""
    from analysis.disclosure import not_answers
    from analysis.parting import Parting, needed
    from analysis.parts import count_parts
    from analysis.veils import Rule

    names = needed(choice.page)
    variable = str(everybody.variable)

    def make() -> Parting:
        parts = {name: made for name in names if (made := partition_of(snapshot, name))}
        return Parting(
            rule=Rule(
                everybody,
                snapshot.threshold,
                answers=everybody.measure not in (Measure.TEXT, Measure.REFERENCES)
                and variable not in not_answers(snapshot.responses.codebook),
            ),
            partitions=parts,
            counted=count_parts(snapshot.responses, variable, tuple(parts.values())),
            known=snapshot.once(("alone", variable, when(snapshot, names)), dict),
        )

    made: Parting = snapshot.once(("parting", variable, names, when(snapshot, names)), make)
    return made
