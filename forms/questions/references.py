"""Sources that anybody can look up: title, public address, and what each shows."""

import json
import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from wtforms.fields.core import UnboundField

from forms.codebook import Measure, Variable
from forms.fields import line, lines
from forms.question import Answers, Paper, Posted, Problem, Question, Specimen

PARTS = {"title": "title", "address": "public address", "shows": "what it shows"}
MOST = {"title": 300, "address": 2000, "shows": 1500}
PUBLIC_ADDRESS = re.compile(
    r"https?://[^\s/@:.]+(\.[^\s/@:.]+)+(:[0-9]{1,5})?([/?#]\S*)?", re.IGNORECASE
)
HAS_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class References(Question):
    """Up to `at_most` sources. An address without https:// before it is given one."""

    control: ClassVar[str] = "references"
    kind: ClassVar[Literal["closed", "open"]] = "open"

    type: Literal["references"] = "references"
    at_most: Annotated[int, Field(ge=1, le=20)] = 10

    def part_name(self, number: int, part: str) -> str:
        """Return the field of a part of the source of that number, from 1."""
        return f"{self.id}-{number}-{part}"

    def fields(self) -> dict[str, UnboundField]:
        return {
            self.part_name(number, part): (lines if part == "shows" else line)(
                f"Source {number}: {label}"
            )
            for number in range(1, self.at_most + 1)
            for part, label in PARTS.items()
        }

    def given(self, data: Posted) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield each source of which something was written, with its number."""
        for number in range(1, self.at_most + 1):
            written = {part: data.get(self.part_name(number, part)) for part in PARTS}
            source = {part: text if isinstance(text, str) else "" for part, text in written.items()}
            if any(source.values()):
                yield number, source | {"address": with_scheme(source["address"])}

    def problems(self, data: Posted) -> list[Problem]:
        """Refuse a source nobody could find, an address that is none, and too much text."""
        found = [
            Problem(self.part_name(number, part), message)
            for number, source in self.given(data)
            for part, message in wrong_with(number, source)
        ]
        return found or super().problems(data)

    def store(self, data: Posted) -> Answers:
        return {self.id: [source for _, source in self.given(data)] or None}

    def restore(self, answers: Answers) -> Posted:
        return {
            self.part_name(number, part): source.get(part)
            for number, source in enumerate(self.kept(answers), start=1)
            for part in PARTS
        }

    def kept(self, answers: Answers) -> list[dict[str, str]]:
        """Return the sources kept."""
        sources = answers.get(self.id)
        return sources if isinstance(sources, list) else []

    def record(self, answers: Answers) -> dict[str, object]:
        sources = self.kept(answers)
        return {self.id: json.dumps(sources, ensure_ascii=False) if sources else None}

    def measured(self) -> tuple[Variable, ...]:
        return (self.variable(measure=Measure.REFERENCES, at_most=self.at_most),)

    def display(self, answers: Answers) -> tuple[str, ...]:
        return tuple(
            "\n".join(source[part] for part in PARTS if source.get(part))
            for source in self.kept(answers)
        )

    def text_values(self, answers: Answers) -> dict[str, str]:
        return {name: str(text) for name, text in self.restore(answers).items() if text}

    @property
    def address_names(self) -> tuple[str, ...]:
        return tuple(self.part_name(number, "address") for number in range(1, self.at_most + 1))

    def paper(self) -> Paper:
        return Paper(
            f"Name up to {self.at_most} sources: title, public address, and what each shows.",
            lines=6,
        )

    @classmethod
    def specimens(cls) -> tuple[Specimen, ...]:
        question = cls(id="sources", text="Which sources should we read?", at_most=2)
        full = {"title": "A report", "address": "https://example.org/a", "shows": "That it works"}
        posted = {f"sources-1-{part}": text for part, text in full.items()}
        address = (
            "Write the address of source 1 as a browser shows it, like https://example.org/report"
        )
        name = "Give source 1 a title or a public address, so that others can find it"
        return (
            Specimen(
                question=question,
                valid=(
                    (posted, {"sources": [full]}),
                    (
                        {"sources-2-title": "Only a title"},
                        {"sources": [{"title": "Only a title", "address": "", "shows": ""}]},
                    ),
                    (
                        {"sources-1-address": "www.example.org/b?c=d"},
                        {
                            "sources": [
                                {
                                    "title": "",
                                    "address": "https://www.example.org/b?c=d",
                                    "shows": "",
                                }
                            ]
                        },
                    ),
                    ({"sources-1-title": " "}, {"sources": None}),
                ),
                invalid=(
                    ({"sources-1-shows": "Something"}, Problem("sources-1-title", name)),
                    ({"sources-1-address": "in my drawer"}, Problem("sources-1-address", address)),
                    (
                        {"sources-1-address": "javascript:alert(1)"},
                        Problem("sources-1-address", address),
                    ),
                    (
                        {"sources-1-address": "https://user:pass@example.org/"},
                        Problem("sources-1-address", address),
                    ),
                    (
                        {"sources-1-title": "x" * 301},
                        Problem(
                            "sources-1-title",
                            "Shorten the title of source 1 to 300 characters: it has 301",
                        ),
                    ),
                ),
                shown=(({"sources": [full]}, ("A report\nhttps://example.org/a\nThat it works",)),),
            ),
        )


def with_scheme(address: str) -> str:
    """Return the address as a browser would complete it: `example.org/a` is a web address."""
    looks_bare = "." in address.split("/", maxsplit=1)[0] and not HAS_SCHEME.match(address)
    return f"https://{address}" if looks_bare else address


def wrong_with(number: int, source: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what to do about each part that cannot be kept as it is."""
    if not source["title"] and not source["address"]:
        yield (
            "title",
            (f"Give source {number} a title or a public address, so that others can find it"),
        )
    if source["address"] and not PUBLIC_ADDRESS.fullmatch(source["address"]):
        yield (
            "address",
            (
                f"Write the address of source {number} as a browser shows it, "
                "like https://example.org/report"
            ),
        )
    for part, text in source.items():
        if len(text) > MOST[part]:
            yield (
                part,
                (
                    f"Shorten the {PARTS[part]} of source {number} to {MOST[part]} characters: "
                    f"it has {len(text)}"
                ),
            )
