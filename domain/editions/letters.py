"""Letter templates: source in Typst, and the facts that are set into it as data, never as source.

How one is rendered is decided elsewhere: this module alone says what a template holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from domain.editions.content import Code, ContentFault, EditionContent, Parts
from domain.editions.kinds import EditionKind
from domain.editions.pointers import FactPointer, missing_part
from domain.partnership.letter.facts import FACTS
from domain.partnership.letter.kinds import LetterKind
from domain.values import Printable

_REACHES_OUT: Final = re.compile(
    r"(?:#|\b)(?P<what>import|include)\b|\b(?P<call>read|plugin|image|json|csv|toml|yaml|xml|cbor|bibliography|eval)\s*\("
)
"""What would read a file or run other source."""
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""The place of a merge field in a sentence."""


def _lines(source: str) -> str:
    lines = source.replace("\r\n", "\n").rstrip("\n").split("\n")
    if long := next((number for number, line in enumerate(lines, 1) if len(line) > MOST_SIGNS), 0):
        raise ValueError(f"line {long} has more than {MOST_SIGNS:,} signs; break it")
    return "\n".join(lines)


MOST_SIGNS: Final = 2_000
"""The longest line of a template."""

Template = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200_000, strip_whitespace=False),
    AfterValidator(_lines),
    Printable,
]
"""Source in Typst, with line ends of one kind and none behind the last line."""


class LetterTemplate(EditionContent):
    """The template of a letter."""

    kind: Literal[EditionKind.LETTER]
    letter: LetterKind = Field(alias="for")
    template: Template
    """Source in Typst. It reads its words and values from what it is handed."""
    fields: dict[Code, FactPointer]
    """The merge fields, each with the fact that it shows."""

    def optional_words(self) -> Iterator[str]:
        """Return the keys of its sentences: those that some language has."""
        return (key for words in self.words.values() for key in words)

    def own_faults(self) -> Iterator[ContentFault]:
        """Yield the places of the template that reach beyond it, and the fields that show nothing."""
        yield from self._faults_of_template()
        for name, pointer in self.fields.items():
            if lost := missing_part(pointer, FACTS[self.letter]):
                words = f"{lost} is no fact of a letter {self.letter}; `accord letters facts {self.letter}` shows those"
                yield ContentFault(("fields", name), f"{words} that are")
        for place, text in self.every_word():
            for name in _PLACE.findall(text):
                if name not in self.fields:
                    yield ContentFault(place, f"{{{name}}} is no field; add it to the fields, or correct its name")

    def _faults_of_template(self) -> Iterator[ContentFault]:
        for number, line in enumerate(self.template.split("\n"), 1):
            if match := _REACHES_OUT.search(line):
                word = match["what"] or match["call"]
                yield ContentFault(("template",), f"line {number} has {word!r}, which reads other files; remove it")

    def parts(self) -> Parts:
        """Return its lines and fields in words."""
        lines = {f"line {number}": line for number, line in enumerate(self.template.split("\n"), 1)}
        fields = {name: {"shows": pointer} for name, pointer in self.fields.items()}
        return {"": {"letter": self.letter.value}, "template": lines, **fields}
