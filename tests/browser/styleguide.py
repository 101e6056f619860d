"""A small application that shows every control and piece of a page, without a database."""

from pathlib import Path

import jinja2
from flask import Flask, abort, render_template, request
from werkzeug.exceptions import HTTPException

import forms.questions
from app import furniture, pages, security
from forms.codebook import Category
from forms.questions.choice import Choice
from forms.questions.choices import Choices
from forms.questions.email import Email
from forms.questions.grid import Grid
from forms.questions.jurisdiction import Jurisdiction
from forms.questions.number import Number
from forms.questions.points import Points
from forms.questions.ranking import Ranking
from forms.questions.references import References
from forms.questions.scale import Scale
from forms.questions.text import Text
from forms.section_form import SectionForm

APP = Path(security.__file__).parent


def keyed(*labels: str) -> tuple[dict[str, str], ...]:
    return tuple(
        {"key": label.lower().replace(" ", "_").replace("’", "")[:30], "label": label}
        for label in labels
    )


WAYS_OUT = (
    Category(key="dont_know", label="Don’t know", substantive=False),
    Category(
        key="cannot_say", label="Cannot say (legal or operational reasons)", substantive=False
    ),
)
AGREEMENT = keyed(
    "Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"
)
MEANS = keyed("Training", "Shared tools", "Clearer law", "More investigators")
QUESTIONS = (
    Choice(
        id="group",
        text="Which group do you answer for?",
        required=True,
        options=(
            {"key": "police", "label": "Law enforcement", "hint": "Police, prosecution, courts"},
            {"key": "industry", "label": "Industry", "hint": "Platforms, tools, models"},
            {"key": "civil", "label": "Civil society"},
        ),
        other="Something else",
        ways_out=WAYS_OUT[:1],
    ),
    Choices(
        id="tools",
        text="Which of these do you use?",
        hint="Think of the last twelve months.",
        options=(*keyed("Hash matching", "Classifiers"), {**keyed("None")[0], "alone": True}),
        at_most=2,
        other="Another",
        ways_out=WAYS_OUT[:1],
    ),
    Scale(
        id="support",
        text="How far do you agree that the law is keeping up with what machines can make?",
        points=AGREEMENT,
        ways_out=WAYS_OUT,
    ),
    Grid(
        id="prepared",
        text="How far do you agree with each of these?",
        rows=keyed("The law is clear", "Investigators have the training that they need", "It pays"),
        points=AGREEMENT,
        ways_out=WAYS_OUT,
    ),
    Ranking(
        id="first",
        text="Which matter most?",
        options=MEANS,
        at_most=3,
        ways_out=WAYS_OUT,
    ),
    Points(id="budget", text="How would you share the money?", options=MEANS, ways_out=WAYS_OUT),
    Number(
        id="days",
        text="How many days does a request take?",
        unit="days",
        at_least=0,
        at_most=3650,
        whole=True,
        ways_out=WAYS_OUT,
    ),
    Number(id="share", text="What share is new?", unit="%", at_least=0, at_most=100),
    Text(id="organisation", text="What is your organisation called?"),
    Text(id="gap", text="What is missing?", hint="Name no one.", long=True, words=500),
    Jurisdiction(id="place", text="Which jurisdiction do you know best?"),
    Jurisdiction(id="places", text="Which others do you know?", several=True),
    References(id="sources", text="What should we read?", at_most=3),
    Email(id="address", text="Where may we write to you?"),
)


def controls() -> tuple[str, int] | str:
    form = SectionForm(None, QUESTIONS)
    form.process(request.form if request.method == "POST" else None)
    if request.method == "POST" and not form.validate():
        errors = dict(form.errors_in_order())
        return render_template("styleguide.html", form=form, errors=errors, back_url="/pieces"), 422
    return render_template("styleguide.html", form=form, errors={})


def make() -> Flask:
    """The application; `python tests/browser/styleguide.py` serves it to look at."""
    app = Flask("app", root_path=str(APP))
    app.config.update(SECRET_KEY="for looking only", WTF_CSRF_ENABLED=False)
    pages.init_app(app)
    furniture.init_app(app)
    ours = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    app.jinja_loader = jinja2.ChoiceLoader([ours, app.jinja_loader])

    app.add_url_rule("/", "controls", controls, methods=["GET", "POST"])
    app.add_url_rule("/pieces", "pieces", lambda: render_template("pieces.html", errors=()))
    app.add_url_rule("/desk", "desk", lambda: render_template("desk.html", **TEAM))
    app.add_url_rule("/elsewhere", "elsewhere", lambda: "<title>Elsewhere</title>")
    app.add_url_rule("/error/<int:code>", "error", abort)
    app.context_processor(lambda: {"exit_url": "/elsewhere"})
    app.register_error_handler(HTTPException, error_page)
    app.after_request(with_policy)
    return app


TEAM = {
    "signed_in_as": "Ada (analyst)",
    "sign_out_url": "/",
    "organiser_links": [
        {"href": "/desk", "text": "Responses", "current": True},
        {"href": "/desk", "text": "Drafts", "current": False},
        {"href": "/desk", "text": "Reports", "current": False},
    ],
}


def error_page(error: HTTPException) -> tuple[str, int]:
    typed = (("gap", "Some words\nthat were typed"),)
    return render_template(f"errors/{error.code}.html", typed=typed), error.code or 500


def with_policy(response):
    response.headers["Content-Security-Policy"] = security.POLICY
    return response


if __name__ == "__main__":
    assert forms.questions
    make().run(port=5055)
