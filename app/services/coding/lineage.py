"""What became of codes: those merged count as another, those split must be given again."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from app.models_coding import Code, CodingFrame
from app.services.coding import frames


def standing(codes: Mapping[str, Code], given: Iterable[str]) -> frozenset[str] | None:
    """What codes given once amount to now; None where one was split, so it must be read again."""
    found = [_became(codes, each) for each in given]
    return None if any(code.state == "split" for code in found) else _counting(found)


def remaining(codes: Mapping[str, Code], given: Iterable[str]) -> frozenset[str]:
    """What still counts of codes given once, leaving out those that were split."""
    return _counting(_became(codes, each) for each in given)


def offered_since(frame: CodingFrame) -> dict[str, datetime]:
    """Since when a coder could give each code in use, or one that was merged into it."""
    codes = {code.id: code for code in frame.codes}
    since = {code.id: code.made_at for code in frames.in_use(frame)}
    for code in frame.codes:
        became = _became(codes, code.id)
        if became.id in since:
            since[became.id] = min(since[became.id], code.made_at)
    return since


def _became(codes: Mapping[str, Code], identifier: str) -> Code:
    """The code itself, or the one that it was merged into in the end."""
    code = codes[identifier]
    while code.merged_into is not None:
        code = codes[code.merged_into]
    return code


def _counting(codes: Iterable[Code]) -> frozenset[str]:
    return frozenset(code.id for code in codes if code.state == "in_use")
