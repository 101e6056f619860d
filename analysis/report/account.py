"""Who replied: the accounting and the profile of those whose responses count."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.accounting import account_of
from analysis.charts.counts import count_bars
from analysis.charts.wording import listed, number, percent
from analysis.report.content import Exhibit, Fact
from analysis.report.page import anchor
from analysis.responses import Responses
from analysis.tables import Table
from forms.codebook import Measure

ABOUT = ("start", "about")
FIRST = ("accounting", "accounting.by_group")


def account_words(responses: Responses, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """Say how many came in, how many count, and who they are."""
    noted = account_of(responses)
    words = f"{number(noted.received)} responses were received"
    words += f" and {number(noted.included)} are counted here."
    if noted.removed_total:
        words += f" {number(noted.removed_total)} were taken out; the first table says why."
    profile = tables.get(responses.codebook.roles.group)
    return (words, *([shares_of(profile)] if profile is not None else []))


def shares_of(table: Table) -> str:
    """Say what part of all responses each group is."""
    shown = [
        f"{row.label} {number(row.cells[-1].count)} ({percent(row.cells[-1].percent)})"
        for row in table.rows
        if not row.cells[-1].hidden and row.cells[-1].count
    ]
    return f"By group: {listed(shown)}." if shown else ""


def profile_tables(responses: Responses, tables: Mapping[str, Table]) -> tuple[Table, ...]:
    """Give the accounting, then every table on the respondents themselves, in order."""
    sections = {each.key: each.kind for each in responses.codebook.sections}
    roles = responses.codebook.roles
    named = [roles.group, roles.verified, roles.capacity, roles.channel]
    about = [
        variable.name
        for variable in responses.codebook.variables
        if sections.get(variable.section) in ABOUT and variable.measure is not Measure.TEXT
    ]
    keys = dict.fromkeys([*FIRST, *(name for name in named if name is not None), *about])
    shown = [tables[key] for key in keys if key in tables and tables[key].rows]
    return tuple(everybody_alone(each) if each.key == roles.group else each for each in shown)


def everybody_alone(table: Table) -> Table:
    """Give the last column alone: the groups by group would be a hundred per cent each."""
    return replace(
        table,
        columns=table.columns[-1:],
        column_keys=table.column_keys[-1:],
        bases=table.bases[-1:],
        rows=tuple(replace(row, cells=row.cells[-1:]) for row in table.rows),
    )


def profile_exhibits(tables: Sequence[Table], start: int) -> tuple[Exhibit, ...]:
    """Put numbers on the tables; where people answer from is drawn, too."""
    exhibits = []
    for place, table in enumerate(tables, start):
        drawn = table.measure is Measure.JURISDICTION
        chart = count_bars(table.key, table.title, table) if drawn else None
        exhibits.append(
            Exhibit(place, f"exhibit-{anchor(table.key)}", table.title, chart, (table,))
        )
    return tuple(exhibits)


def facts(responses: Responses) -> tuple[Fact, ...]:
    """Give the lines of the title page."""
    about = responses.manifest.consultation
    codebook = responses.codebook
    dates = {
        "Opened": about.opened_at,
        "Closed": about.closed_at,
        "Data taken": about.exported_at,
    }
    lines = [Fact("Organiser", about.organiser)] if about.organiser else []
    lines += [
        Fact(name, f"{time.day} {time:%B %Y}") for name, time in dates.items() if time is not None
    ]
    lines += [
        Fact("Responses counted", number(responses.manifest.accounting.included)),
        Fact("Questionnaire", f"{codebook.questionnaire}, version {codebook.version}"),
        Fact("Fingerprint of the data", short(responses.manifest.digests["responses.parquet"])),
        Fact("Fingerprint of the questionnaire", short(codebook.digest)),
    ]
    return tuple(lines)


def short(digest: str) -> str:
    """Give the beginning of a digest, enough to tell two files apart."""
    return digest.removeprefix("sha256:")[:12]


def digest_facts(responses: Responses) -> tuple[Fact, ...]:
    """Give the digests in full."""
    given = sorted(responses.manifest.digests.items())
    return (
        *(Fact(name, words) for name, words in given),
        Fact("edition", responses.codebook.digest),
    )


def organisations(responses: Responses, named: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """List the organisations that agreed to be published with their name, by group.

    Nothing is listed where the export holds no names: only a full one does.
    """
    roles, frame = responses.codebook.roles, responses.frame
    if roles.organisation is None or roles.publication is None:
        return ()
    if roles.organisation not in frame.columns:
        return ()
    agreed = frame.loc[(frame[roles.publication] == named).fillna(value=False)]
    listing = []
    for group in responses.groups:
        names = agreed.loc[agreed[roles.group] == group.key, roles.organisation].dropna()
        unique = sorted(
            {str(name).strip() for name in names} - {""}, key=lambda each: (each.casefold(), each)
        )
        if unique:
            listing.append((group.label, tuple(unique)))
    return tuple(listing)
