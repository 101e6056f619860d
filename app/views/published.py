"""The public pages of results: what was asked, what was said, what will be done."""

from typing import Any

from flask import Blueprint, Flask, Response, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.database import Database, current_session
from app.models import Consultation
from app.models_publishing import Publication, PublishedFile
from app.security import open_to
from app.services import editions, publishing
from app.services.preparing import Preparer
from app.services.wording import wording_of

public = Blueprint("published", __name__, url_prefix="/c/<consultation>/results")

ALONE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
MEDIA = {
    "html": (
        "text/html; charset=utf-8",
        ALONE + "style-src 'unsafe-inline'; img-src data:; "
        "sandbox allow-downloads allow-popups allow-popups-to-escape-sandbox",
    ),
    "svg": ("image/svg+xml", ALONE + "style-src 'unsafe-inline'; sandbox"),
    "csv": ("text/csv; charset=utf-8", ""),
    "zip": ("application/zip", ""),
    "pdf": ("application/pdf", ""),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ""),
}
OPENED = ("html", "svg", "pdf")


def current_consultation() -> Consultation:
    """The consultation in the address; 404 where there is none that has opened."""
    found = editions.find(current_session(), g.get("consultation_key", ""))
    if found is None or found.opens_at is None:
        abort(404)
    return found


def current_publication() -> tuple[Consultation, Publication]:
    """What is public of it now; 404 where nothing is."""
    consultation = current_consultation()
    found = publishing.published(current_session(), consultation)
    if found is None:
        abort(404)
    g.shown_publication = found
    return consultation, found


@public.get("/")
@open_to("anyone")
def results() -> ResponseReturnValue:
    """The results: each open question with the organiser's words, a picture and its table."""
    consultation, publication = current_publication()
    return show_front(consultation, publication)


@public.get("/<open_question>")
@open_to("anyone")
def question(open_question: str) -> ResponseReturnValue:
    """Everything on one open question."""
    consultation, publication = current_publication()
    return show_question(consultation, publication, open_question)


@public.get("/files/<path:path>")
@open_to("anyone")
def file(path: str) -> ResponseReturnValue:
    """One file: the report, a table, a picture, the data."""
    consultation, publication = current_publication()
    found = publishing.public_file(current_session(), publication, path)
    if found is None:
        abort(404)
    return send(consultation, found)


def show_front(
    consultation: Consultation, publication: Publication, *, preview: bool = False
) -> ResponseReturnValue:
    """The first page of results, public or as a preview."""
    files = {each.path: each.size for each in publication.files}
    return render_template(
        "published/results.html", **known(consultation, publication, preview=preview), files=files
    )


def show_question(
    consultation: Consultation, publication: Publication, key: str, *, preview: bool = False
) -> ResponseReturnValue:
    """The page of one open question, public or as a preview; 404 where there is none."""
    chapters: list[dict[str, Any]] = publication.page.get("chapters", [])
    places = [place for place, each in enumerate(chapters) if each["key"] == key]
    if not places:
        abort(404)
    place = places[0]
    return render_template(
        "published/question.html",
        **known(consultation, publication, preview=preview),
        chapter=chapters[place],
        before=chapters[place - 1] if place else None,
        after=chapters[place + 1] if place + 1 < len(chapters) else None,
    )


def known(consultation: Consultation, publication: Publication, *, preview: bool) -> dict[str, Any]:
    """What both pages know. Addresses of a preview lead to the preview's own pages."""

    def front() -> str:
        if preview:
            return url_for("organise.publication_preview", key=consultation.key)
        return url_for("published.results", consultation=consultation.key)

    def chapter(key: str) -> str:
        if preview:
            return url_for(
                "organise.publication_preview_question", key=consultation.key, open_question=key
            )
        return url_for("published.question", consultation=consultation.key, open_question=key)

    def file(path: str) -> str:
        if preview:
            return url_for("organise.publication_preview_file", key=consultation.key, path=path)
        return url_for("published.file", consultation=consultation.key, path=path)

    return {
        "consultation": consultation,
        "wording": wording_of(consultation),
        "publication": publication,
        "result": publication.page,
        "words": publication.page.get("words", {}),
        "preview": preview,
        "front_url": front,
        "question_url": chapter,
        "file_url": file,
    }


def send(consultation: Consultation, found: PublishedFile) -> Response:
    """A file with its kind, its own content policy, and a name that says what it is."""
    ending = found.path.rpartition(".")[2]
    kind, policy = MEDIA.get(ending, ("application/octet-stream", ""))
    name = f"{consultation.key}-{found.path.rpartition('/')[2]}"
    saved = ending not in OPENED or "save" in request.args
    headers = {
        "Content-Disposition": f'{"attachment" if saved else "inline"}; filename="{name}"',
        "Content-Security-Policy": policy or ALONE + "sandbox",
    }
    return Response(found.content, content_type=kind, headers=headers)


@public.after_request
def let_be_found(response: Response) -> Response:
    """Results are published to be found; made-up ones, and what is not there, are not."""
    found = g.get("shown_publication")
    if response.status_code == 200 and found is not None and not found.page.get("synthetic"):
        response.headers["X-Robots-Tag"] = "all"
    return response


@public.url_value_preprocessor
def take_consultation(_: str | None, values: dict[str, Any] | None) -> None:
    """The consultation's key is read once, here, and no view has to take it."""
    g.consultation_key = (values or {}).pop("consultation", "")


def init_app(app: Flask) -> None:
    """Register the pages, and let preparations set out after the commit that begins them."""
    app.register_blueprint(public)
    database: Database = app.extensions["database"]
    database.after_commit.append(Preparer(database).look)
