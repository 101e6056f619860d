"""YAML read strictly: strings stay strings, and every value knows its line.

`no` and `1.10` are text, as the author sees them; pydantic makes numbers of them where a number is
wanted. A duplicate key, an alias and a tag are mistakes: each hides what a reader would not expect.
"""

from dataclasses import dataclass, field
from pathlib import Path

import yaml
from yaml.composer import Composer
from yaml.error import MarkedYAMLError, YAMLError
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

Place = tuple[str | int, ...]
PLAIN_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")


@dataclass(frozen=True)
class Mistake:
    """Something for the author to mend: where, and what to do."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class MistakesError(ValueError):
    """A file that cannot be used, with everything that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(each) for each in mistakes))
        self.mistakes = mistakes


@dataclass
class Document:
    """What a file says, with the line of each part of it by its place."""

    file: str
    content: object = None
    lines: dict[Place, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest part around it that the file has."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def complain(self, line: int, message: str) -> None:
        """Note a mistake and read on."""
        self.mistakes.append(Mistake(self.file, line, message))


class Composing(Reader, Scanner, Parser, Composer, BaseResolver):
    """A reader that stops at the tree of nodes and resolves no value."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse an alias: what is asked must stand where it is asked."""
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # the stubs leave it out
            msg = f"“*{event.anchor}” is an alias: write out what it stands for"
            raise MarkedYAMLError(problem=msg, problem_mark=event.start_mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def read(path: Path) -> Document:
    """Return what the file says, with the mistakes that did not stop the reading.

    Raises
    ------
    MistakesError
        The file could not be read at all: not there, not UTF-8, not YAML.
    """
    document = Document(str(path))
    text = ""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = Composing(text).get_single_node()
        document.lines[()] = 1
        document.content = None if node is None else construct(node, (), document)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        document.complain(line, "this is not UTF-8: save the file as UTF-8")
    except OSError as error:
        document.complain(0, f"the file cannot be read: {error.strerror}")
    except RecursionError:
        document.complain(1, "too many levels inside each other: flatten the file")
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        document.complain(line, "take out the control character here")
    except YAMLError as error:
        document.complain(*explain(error))
    else:
        return document
    raise MistakesError(tuple(document.mistakes))


def explain(error: YAMLError) -> tuple[int, str]:
    """Return the line of a mistake in the YAML itself, and what YAML says of it."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    line = mark.line + 1 if mark else 1
    if "alias" in problem:
        return line, problem
    if "got '?'" in problem:
        return line, "put quotes around words with a question mark between { and }"
    look = "Look at the spaces, quotes and colons here and just above"
    return line, f"this is not YAML: {problem}. {look}"


def construct(node: yaml.Node, place: Place, document: Document) -> object:
    """Return plain Python: mappings, lists and text. The lines go into the document."""
    document.lines.setdefault(place, node.start_mark.line + 1)
    if node.tag not in PLAIN_TAGS:
        document.complain(node.start_mark.line + 1, f"take out the tag “{node.tag}”")
    if isinstance(node, yaml.MappingNode):
        return construct_mapping(node, place, document)
    if isinstance(node, yaml.SequenceNode):
        return [construct(each, (*place, n), document) for n, each in enumerate(node.value)]
    return str(node.value)


def construct_mapping(
    node: yaml.MappingNode, place: Place, document: Document
) -> dict[str, object]:
    """Return a mapping with text as keys, each once."""
    content: dict[str, object] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            document.complain(line, "a key must be plain text")
            continue
        key = str(key_node.value)
        if key in content:
            first = document.lines[(*place, key)]
            document.complain(line, f"`{key}` stands here twice: it is already on line {first}")
            continue
        document.lines[(*place, key)] = line
        content[key] = construct(value_node, (*place, key), document)
    return content
