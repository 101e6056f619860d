"""What was decided about each answer, as the export holds it beside the responses."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Response
from app.models_coding import CodingFrame
from app.services.coding import agreement, answers, frames, questions
from app.services.coding.answers import Unit
from app.services.results import coding_aid
from forms.folder import digest

CODINGS = "codings.json"


def document(session: Session, consultation: Consultation) -> dict[str, Any] | None:
    """Every frame with its codes, final codings and reliability; None where there is no frame."""
    known = frames.of_consultation(session, consultation)
    asked = questions.text_questions(session, consultation)
    coded = [known[each.key] for each in asked if each.key in known]
    found = [
        of_frame(session, consultation, frame, answers.units(session, consultation, frame))
        for frame in coded
        if frames.in_use(frame)
    ]
    return {"format": 1, "questions": found} if found else None


def of_frame(
    session: Session, consultation: Consultation, frame: CodingFrame, units: tuple[Unit, ...]
) -> dict[str, Any]:
    """One question: codes, what was decided by response, and how far two coders agreed."""
    keys = {code.id: code.key for code in frames.in_use(frame)}
    counted = agreement.standing(units)
    return {
        "question": frame.question,
        "codes": [
            {"key": code.key, "name": code.name, "description": code.description}
            for code in frames.in_use(frame)
        ],
        "counts": {
            "texts": counted.total,
            "responses": counted.responses,
            "coded": counted.coded,
            "settled": counted.settled,
        },
        "codings": codings(session, consultation, units, keys),
        "reliability": {
            "second_share": frame.second_share,
            "double_coded": counted.twice,
            "least": coding_aid.LEAST_DOUBLE_CODED,
            "codes": [
                {
                    "code": keys[each.code],
                    "n": each.n,
                    "agreed": each.agreed,
                    "alpha": each.alpha,
                    "kappa": each.kappa,
                    "reason": each.reason,
                }
                for each in agreement.reliability(frame, units)
            ],
        },
    }


def codings(
    session: Session, consultation: Consultation, units: tuple[Unit, ...], keys: dict[str, str]
) -> dict[str, list[str]]:
    """The final codes of each response, by the id that the export gives it."""
    of_consultation = Response.consultation_id == consultation.id
    rows = session.execute(sa.select(Response.id, Response.public_id).where(of_consultation))
    public = {row.id: row.public_id for row in rows}
    found: dict[str, list[str]] = {}
    for unit in units:
        if (given := unit.final) is not None:
            codes = [key for code, key in keys.items() if code in given]
            found.update((public[response], codes) for response in unit.responses)
    return dict(sorted(found.items()))


def as_bytes(session: Session, consultation: Consultation) -> bytes | None:
    """The file as it is written; None where nothing is coded."""
    found = document(session, consultation)
    if found is None:
        return None
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def write_codings(folder: Path, content: bytes | None) -> dict[str, str]:
    """Put the file into an export folder, or take an old one out; its digest by its name."""
    path = folder / CODINGS
    if content is None:
        path.unlink(missing_ok=True)
        return {}
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return {CODINGS: digest(content)}
