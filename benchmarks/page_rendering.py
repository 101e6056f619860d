"""A page of ten scales: our own control templates beside govuk-frontend-jinja's macros.

Run: python benchmarks/page_rendering.py
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jinja2

sys.path.insert(0, str(Path(__file__).parents[1]))

from forms.codebook import Category
from forms.questions.scale import Scale
from forms.section_form import SectionForm

OURS = """{% import "controls/scale.html" as control %}
{% for question, fields in form.questions() %}
{{ control.render(question, form, {}) }}{% endfor %}"""
MACROS = """{% from "govuk_frontend_jinja/components/radios/macro.html" import govukRadios %}
{% for question, fields in form.questions() %}{{ govukRadios({
  "idPrefix": question.id, "name": question.id, "items": items,
  "fieldset": {"legend": {"text": question.text, "classes": "govuk-fieldset__legend--m"}}}) }}
{% endfor %}"""
POINTS = ("Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree")


def milliseconds(render: Callable[[], str], times: int = 200) -> float:
    """The median time of one call."""
    render()
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        render()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken) * 1000


def main() -> None:
    templates = jinja2.FileSystemLoader(Path(__file__).parents[1] / "app" / "templates")
    macros = jinja2.PrefixLoader(
        {"govuk_frontend_jinja": jinja2.PackageLoader("govuk_frontend_jinja")}
    )
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([templates, macros]), autoescape=True
    )
    points = tuple(Category(key=f"p{n}", label=label) for n, label in enumerate(POINTS))
    questions = tuple(Scale(id=f"q{n}", text="How far?", points=points) for n in range(10))
    items = [{"value": point.key, "text": point.label} for point in points]

    for name, source in (("our templates", OURS), ("govuk macros", MACROS)):
        template = environment.from_string(source)
        form = SectionForm(None, questions)
        form.process(None)
        taken = milliseconds(lambda page=template, form=form: page.render(form=form, items=items))
        print(f"{name:15} {taken:6.2f} ms")


if __name__ == "__main__":
    main()
