"""The public page as plain data, so that showing it needs no analysis and never changes."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.charts.frame import Chart
    from analysis.report.content import Asked, Chapter, Exhibit, Report
    from analysis.report.counting import Counted
    from analysis.tables import Table


def page_of(report: "Report", counted: "Counted") -> dict[str, Any]:
    """What the public page says, from a report: every figure in it is fit to print."""
    leads = {
        line.open_question.key: line.lead.table.key
        for line in counted.glance.lines
        if line.lead is not None
    }
    kinds = {line.label: (line.kind, line.verdict, line.measured) for line in report.glance.lines}
    return {
        "title": report.title,
        "organiser": report.organiser,
        "synthetic": report.synthetic,
        "facts": [[each.name, each.words] for each in report.facts],
        "answer": list(report.answer),
        "common": list(report.common),
        "splits": list(report.splits),
        "caution": list(report.caution),
        "how_to_read": list(report.how_to_read),
        "account_words": list(report.account_words),
        "account": [exhibit_of(each) for each in report.account],
        "glance": {
            "heading": list(report.glance.heading),
            "rule": report.glance.rule,
            "chart": chart_of(report.glance.chart),
            "lines": [
                {
                    "label": each.label,
                    "title": each.title,
                    "measured": each.measured,
                    "cells": list(each.cells),
                    "verdict": each.verdict,
                    "kind": each.kind,
                }
                for each in report.glance.lines
            ],
        },
        "chapters": [
            chapter_of(each, leads.get(each.label), kinds.get(each.label, ("", "", "")))
            for each in (*report.chapters, *((report.priorities,) if report.priorities else ()))
        ],
        "organisations": [[group, list(names)] for group, names in report.organisations],
        "methods": [[each.name, each.words] for each in report.methods],
    }


def chapter_of(
    chapter: "Chapter", lead: str | None, judged: tuple[str, str, str]
) -> dict[str, Any]:
    """One open question, with the picture that stands for it."""
    questions = [question_of(each) for each in chapter.questions]
    shown = [one for each in questions for one in each["exhibits"] if lead in one["keys"]]
    return {
        "key": chapter.label or chapter.anchor,
        "label": chapter.label,
        "title": chapter.title,
        "source": chapter.source,
        "kind": judged[0],
        "verdict": judged[1],
        "measured": judged[2],
        "agree": list(chapter.agree),
        "split": list(chapter.split),
        "missing": list(chapter.missing),
        "lead": shown[0] if shown else None,
        "questions": questions,
        "elsewhere": [words for _, words in chapter.elsewhere],
    }


def question_of(asked: "Asked") -> dict[str, Any]:
    """One question: its wording, its figures, and words that may be quoted."""
    said = asked.written
    return {
        "anchor": asked.anchor,
        "text": asked.text,
        "hint": asked.hint,
        "asked_of": asked.asked_of,
        "readings": list(asked.readings),
        "exhibits": [exhibit_of(each) for each in asked.exhibits],
        "summary": list(said.summary) if said else [],
        "themes": [
            {"name": each.name, "terms": list(each.terms), "shares": each.shares}
            for each in (said.themes if said else ())
        ],
        "campaigns": list(said.campaigns) if said else [],
        "quotes": [[each.words, each.by] for each in (said.quotes if said else ())],
    }


def exhibit_of(exhibit: "Exhibit") -> dict[str, Any]:
    """A picture with its tables."""
    return {
        "anchor": exhibit.anchor,
        "title": exhibit.title,
        "chart": chart_of(exhibit.chart),
        "unseen": exhibit.unseen,
        "keys": [each.key for each in exhibit.tables],
        "tables": [table_of(each) for each in exhibit.tables],
    }


def chart_of(chart: "Chart | None") -> dict[str, str] | None:
    """Where a picture is, and the same in words."""
    from analysis.report.page import file_name

    if chart is None:
        return None
    return {
        "path": f"charts/{file_name(chart.key)}.svg",
        "words": f"{chart.title}. {chart.description}",
    }


def table_of(table: "Table") -> dict[str, Any]:
    """A table in the words in which it is printed."""
    from analysis.charts.wording import number, percent
    from analysis.report.page import base_figure, base_title, file_name, shown_columns, value_words

    columns = shown_columns(table)

    def words(place: int, line: int) -> list[str]:
        row, cell = table.rows[line], table.rows[line].cells[place]
        if cell.hidden:
            return ["hidden", ""]
        if row.kind == "mean":
            return [value_words(cell), ""]
        if cell.percent is None:
            return [number(cell.count), ""]
        return [percent(cell.percent), number(cell.count)]

    return {
        "path": f"tables/{file_name(table.key)}.csv",
        "title": table.title,
        "columns": [each.heading for each in columns],
        "rows": [
            {
                "label": row.label,
                "aside": not row.substantive,
                "cells": [words(each.place, line) for each in columns],
            }
            for line, row in enumerate(table.rows)
        ],
        "base": base_title(table),
        "bases": [base_figure(each.base, table) for each in columns],
        "note": table.note,
    }
