"""The page on which all open questions stand together, drawn and in words."""

from analysis.charts.frame import Column
from analysis.charts.ground import Ground, Kind, Stand, ground_map
from analysis.charts.palette import mark_of
from analysis.glance import Glance, GlanceLine, Position, Share, Standing, Verdict
from analysis.report import content
from analysis.report.page import anchor
from analysis.report.readings import ended
from analysis.report.standing_lines import base_asked, put_to
from analysis.sentences import among, per_cent
from analysis.tables import Base
from forms.codebook import Codebook

KINDS: dict[Verdict, Kind] = {"common_ground": "common", "split": "split"}


WORDS: dict[Verdict, str] = {
    "common_ground": "Common ground",
    "split": "Split",
    "mixed": "Mixed",
    "too_few": "Cannot be said",
}


def glance_page(glance: Glance, codebook: Codebook) -> content.Glance:
    """Give the page on which all open questions stand together, drawn and in words."""
    groups = [group for group in codebook.groups if group.substantive]
    columns = tuple(
        Column(place, group.label, mark_of(place), Base(0, 0, 0))
        for place, group in enumerate(groups)
    )
    grounds = [_ground(line, len(groups), codebook) for line in glance.lines]
    tables = [line.lead.table for line in glance.lines if line.lead is not None]
    chart = (
        ground_map(
            "glance",
            "where each group stands on all open questions",
            grounds,
            columns,
            tables,
            threshold=100 * glance.threshold,
        )
        if grounds
        else None
    )
    return content.Glance(
        chart=chart,
        heading=tuple(group.label for group in groups),
        lines=tuple(
            _line(line, ground, codebook)
            for line, ground in zip(glance.lines, grounds, strict=True)
        ),
        rule=(
            "One leading question stands for each open question. It was chosen before any answer "
            "was looked at, and is named under it with the answer whose share is given. The share "
            "is of those with a view."
        ),
    )


def _ground(line: GlanceLine, width: int, codebook: Codebook) -> Ground:
    asked, verdict = line.open_question, verdict_words(line)
    kind = KINDS.get(line.verdict, "other")
    if line.lead is None:
        nobody = (Stand(None),) * width
        return Ground(asked.key, asked.title, "no closed question", nobody, verdict, kind)
    key = reference(line.lead)
    stands = tuple(_stand(each, key) for each in line.lead.positions)
    label = next(
        (
            share.label + among(line.lead)
            for each in line.lead.positions
            for share in each.shares
            if share.key == key
        ),
        "",
    )
    row = codebook.by_name[line.lead.table.variable or ""].row
    measured = f"“{row}”: {label}" if row and label else label
    return Ground(asked.key, asked.title, measured, stands, verdict, kind)


def verdict_words(line: GlanceLine) -> str:
    """Write the verdict; where it is not of all groups, of how many."""
    words = WORDS[line.verdict]
    if line.lead is None or line.verdict == "too_few":
        return words
    named, every = len(line.lead.named), len(line.lead.positions)
    return words if named == every else f"{words} ({named} of {every})"


def reference(lead: Standing) -> str:
    """Name the position whose share is shown: the agreeing side, else the most frequent answer."""
    if lead.shared is not None:
        return lead.shared
    totals: dict[str, int] = {}
    for position in lead.named:
        for share in position.shares:
            totals[share.key] = totals.get(share.key, 0) + share.count
    if "for" in totals:
        return "for"
    return max(totals, key=lambda key: totals[key]) if totals else ""


def _share(position: Position, key: str) -> Share | None:
    return next((share for share in position.shares if share.key == key), None)


def _stand(position: Position, key: str) -> Stand:
    share = _share(position, key)
    if share is None:
        return Stand(None)
    # A lower limit of a group that cannot be judged would look like a position far from the others.
    if position.state == "hidden" or (share.at_least and not share.count):
        return Stand(None, hidden=True)
    return Stand(share.percent, at_least=share.at_least)


def _line(line: GlanceLine, ground: Ground, codebook: Codebook) -> content.GlanceLine:
    lead = line.lead
    row = codebook.by_name[lead.table.variable or ""].row if lead is not None else None
    asked = ended(shortened(lead.table.title)) if lead is not None and not row else ""
    cells = [_cell(lead, each, codebook) for each in lead.positions] if lead is not None else []
    return content.GlanceLine(
        anchor=anchor(line.open_question.key),
        label=line.open_question.key,
        title=line.open_question.title,
        measured=f"{asked} {ground.measured}".strip(),
        cells=tuple(cells) or ("–",) * len(ground.stands),
        verdict=ground.verdict,
        kind=ground.kind,
    )


def shortened(words: str, most: int = 150) -> str:
    """Cut a long question between two words; the chapter gives it in full."""
    if len(words) <= most:
        return words
    return f"{words[:most].rsplit(' ', 1)[0].rstrip(' ,;:(')}…"


def _cell(lead: Standing, position: Position, codebook: Codebook) -> str:
    if position.state == "too_few":
        if base_asked(lead.table, position):
            return "too few"
        return "nobody" if put_to(codebook, lead.table, position.group) else "not asked"
    key = reference(lead)
    share = _share(position, key)
    if share is None or (share.at_least and not share.count):
        return "hidden"
    words = f"{'at least ' if share.at_least else ''}{per_cent(share.count, position.views)}"
    if position.majority is not None and position.majority.key != key:
        other = position.majority
        least = "at least " if other.at_least else ""
        words += f"; {least}{per_cent(other.count, position.views)} {other.label}"
    return words
