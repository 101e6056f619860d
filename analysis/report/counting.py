"""All tables of a report: counted, small counts hidden, and judged."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.accounting import accounting_tables
from analysis.codings import mark_themes, with_themes
from analysis.crosstabs import all_by_group
from analysis.disclosure import hide_small_counts, not_answers
from analysis.glance import Glance, Standing, can_stand, glance, serving, standing
from analysis.report.coarse import coarsen
from analysis.responses import CODED, Responses
from analysis.tables import Table
from forms.codebook import Codebook
from forms.manifest import Rules


@dataclass(frozen=True)
class Counted:
    """All tables of a report, small counts hidden, and what they are judged to say.

    `codebook` has the categories of these tables, which may be coarser than those asked.
    """

    tables: tuple[Table, ...]
    codebook: Codebook
    glance: Glance
    standings: Mapping[str, Standing]

    @property
    def by_key(self) -> dict[str, Table]:
        """The tables by key."""
        return {table.key: table for table in self.tables}


def count(responses: Responses) -> Counted:
    """Count everything, hide what is small, and judge what is left."""
    rules = responses.manifest.rules
    found = {table.key: table for table in accounting_tables(responses)}
    coded = with_themes(responses)
    found |= {table.key: table for table in mark_themes(all_by_group(coded), responses.codings)}
    # What became of responses is no answer of anybody's: it is printed as it is.
    account = [table for table in found.values() if table.variable is None]
    answers, codebook = coarsen(
        [table for table in found.values() if table.variable is not None],
        coded.codebook,
        rules.small_counts,
    )
    hidden = hide_small_counts(answers, rules.small_counts, not_answers=not_answers(codebook))
    return judge((*account, *hidden), codebook, rules)


def judge(tables: tuple[Table, ...], codebook: Codebook, rules: Rules) -> Counted:
    """Judge tables in which small counts are hidden already."""
    judged = glance(tables, codebook, threshold=rules.consensus_threshold)
    asked = {question.key for question in codebook.questions if question.kind == "closed"}
    # Who spoke and how it came in is said in the tables; nobody agrees or splits on it.
    told = frozenset(not_answers(codebook))
    standings = {
        table.variable: standing(table, codebook, threshold=rules.consensus_threshold)
        for table in tables
        if table.variable is not None
        and table.rows
        and can_stand(codebook.by_name[table.variable])
        and codebook.by_name[table.variable].question in asked
        and table.variable not in told
    }
    return Counted(tables, codebook, judged, standings)


def leads(codebook: Codebook) -> dict[str, str]:
    """Give each open question put in words the closed variable that stands for its topic."""
    found = {}
    for question in codebook.questions:
        if question.kind == "open" and question.serves:
            closed = [
                each for each in serving(codebook, question.serves[0]) if each.measure in CODED
            ]
            if closed:
                found[question.key] = closed[0].name
    return found
