"""The content that every kind of edition shares: its name, its number, its languages and its words in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, StringConstraints

from domain.canonical_json import canonical_json
from domain.editions.kinds import EditionKind, EditionNumber, SeriesName
from domain.editions.languages import Language
from domain.values import Printable, Value

MOST_BYTES: Final = 524_288
"""The longest content of an edition."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""A short name within an edition: of a question, a page, a criterion."""

WordText = Annotated[str, StringConstraints(min_length=1, max_length=4000), Printable]
"""Words that people read."""


def _decimal(text: object) -> object:
    """Return the number that a text holds: JSON has no exact ones. What is none is refused by the type itself."""
    if not isinstance(text, str):
        return text
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


FromText: Final = BeforeValidator(_decimal)
"""A validator of decimal numbers, which JSON holds as text."""

Path = tuple[str | int, ...]
"""A place in an edition's content, as the names and numbers that lead to it."""

RESERVED_NAMES: Final = frozenset({"title", "lead", "page"})
"""Names that stand for words of the whole, so that nothing within an edition bears them."""


@dataclass(frozen=True, slots=True)
class ContentFault:
    """A fault of an edition's content: where it is, what is wrong, and the remedy."""

    place: Path
    words: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place)) or 'the edition as a whole'}: {self.words}"


Parts = Mapping[str, Mapping[str, str]]
"""The parts of an edition by name, such as its questions, and the settings of each in words."""


class EditionContent(Value):
    """The content of an edition. Its canonical bytes have one digest, by which everything else names it."""

    kind: EditionKind
    name: SeriesName
    edition: EditionNumber
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=12)]
    """The languages that it is given in. Where two differ, the first prevails."""
    words: dict[Language, dict[str, WordText]]
    """The words of each language by their keys, such as title or results.label."""

    def canonical(self) -> bytes:
        """Return the bytes that are kept and digested (RFC 8785)."""
        return canonical_json(self.model_dump(mode="json", by_alias=True, exclude_defaults=True))

    def needed_words(self) -> Iterable[str]:
        """Return the keys of the words that each language must have, beside the title."""
        return ()

    def optional_words(self) -> Iterable[str]:
        """Return the keys of further words, which all languages have or none."""
        return ()

    def own_faults(self) -> Iterable[ContentFault]:
        """Return the faults of this kind's own content."""
        return ()

    def parts(self) -> Parts:
        """Return its parts with their settings in words, for whoever compares two editions."""
        return {}

    def said(self, key: str, language: str) -> str:
        """Return words in a language. Those that are not there are empty."""
        return self.words.get(language, {}).get(key, "")

    def faults(self) -> list[ContentFault]:
        """Return every fault of the content that its shape alone does not show."""
        return [*_language_faults(self), *_word_faults(self), *self.own_faults()]

    def every_word(self) -> Iterator[tuple[Path, str]]:
        """Yield all words with their places."""
        for language, words in self.words.items():
            for key, text in words.items():
                yield ("words", language, key), text


def _language_faults(content: EditionContent) -> Iterator[ContentFault]:
    if len(set(content.languages)) < len(content.languages):
        yield ContentFault(("languages",), "a language is named twice; name it once")
    for language in content.words:
        if language not in content.languages:
            remedy = "add it to the languages, or remove its words"
            yield ContentFault(("words", language), f"{language} is no language of this edition; {remedy}")


def _word_faults(content: EditionContent) -> Iterator[ContentFault]:
    needed, optional = ["title", *content.needed_words()], {"lead", *content.optional_words()}
    somewhere = set(chain.from_iterable(content.words.values()))
    for language in content.languages:
        words = content.words.get(language, {})
        for key in dict.fromkeys([*needed, *sorted(optional & somewhere)]):
            if key not in words:
                yield ContentFault(("words", language, key), f"missing in {language}; write it, or take {language} out")
        for key in words:
            if key not in optional and key not in needed:
                yield ContentFault(("words", language, key), "words for what is not here; correct the key or remove it")


def json_of(value: Any) -> str:
    """Return a setting in words: the text itself, yes or no, or several with commas."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(json_of, value))
        case dict():
            return ", ".join(f"{name} {json_of(entry)}" for name, entry in value.items())
        case _:
            return str(value)
