"""Merge an edition's template with facts: its fields in the letter's language, and its sentences filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import segno

from accord.letters.codes import LetterCode
from accord.letters.spoken import Speech, Spoken
from accord.presentation.faults import BadInput
from accord.presentation.words.codes import as_sentence, in_plain_words
from domain.editions.letters import LetterTemplate
from domain.partnership.letter.facts import LetterFacts

FONTS: Final = ("Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono")
"""The fonts that the library brings, in the order in which a sign is looked for."""
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Marking(NamedTuple):
    """What a letter bears so that it can be looked up."""

    code: LetterCode
    place: str = ""
    """The address of the page that confirms letters, or ''."""
    fonts: tuple[str, ...] = ()
    """Further fonts, by family."""

    @property
    def address(self) -> str:
        """The text of the code that a telephone reads."""
        return f"{self.place.rstrip('/')}/check/{self.code}" if self.place else str(self.code)


def merged(template: LetterTemplate, facts: LetterFacts, language: str, marking: Marking) -> dict[str, Any]:
    """Return what a template is handed: values as data.

    Raises:
        BadInput: The language is not of the edition, a field leads nowhere, or a text holds signs that turn it around.
    """
    if language not in template.languages:
        raise BadInput(f"language: the edition has {', '.join(template.languages)}, and not {language!r}")
    speech = Speech(language)
    try:
        fields = {name: _shown(facts, name, pointer, speech) for name, pointer in template.fields.items()}
        house, addressee = speech.said(facts.house), speech.said(facts.to)
    except ValueError as fault:
        raise BadInput(f"a fact of the letter {fault}") from None
    assert isinstance(addressee, dict)  # noqa: S101 - as facts are
    addressee["country"] = speech.country(facts.to.country) if facts.to.country else None
    words = {key: _filled(text, fields, key) for key, text in template.words[language].items()}
    return {
        "language": language,
        "quoted": "en",
        "title": words["title"],
        "reference": facts.reference,
        "on": speech.day(facts.on),
        "house": house,
        "to": addressee,
        "fields": fields,
        "words": words,
        "code": str(marking.code),
        "qr": segno.make(marking.address, error="m", micro=False).svg_inline(border=0),
        "fonts": [*marking.fonts, *FONTS],
    }


def _shown(facts: LetterFacts, name: str, pointer: str, speech: Speech) -> Spoken:
    """Return a merge field: a fact as the language says it, and what was written for the record in plain words."""
    said = speech.said(_at(facts, pointer, name))
    return _plainly(said) if pointer.split("/")[1] in _FOR_THE_RECORD else said


_FOR_THE_RECORD: Final = frozenset({"findings", "path", "reason", "conditions"})
"""The facts that the rule book words, in English."""
_CODES: Final = frozenset({"citation", "outcome"})


def _plainly(said: Spoken) -> Spoken:
    match said:
        case str():
            return as_sentence(in_plain_words(said))
        case list():
            return [_plainly(part) for part in said]
        case dict():
            return {name: part if name in _CODES else _plainly(part) for name, part in said.items()}
        case _:
            return said


def _at(facts: LetterFacts, pointer: str, name: str) -> Any:
    """Return the fact at a pointer. A part that has no value ends the way: the field has none either."""
    value: Any = facts
    for step in pointer.split("/")[1:]:
        if value is None:
            return None
        if isinstance(value, tuple):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        elif step in type(value).model_fields:
            value = getattr(value, step)
        else:
            raise BadInput(f"fields: {name} points to {pointer}, and a letter {facts.letter} has no such fact")
    return value


def _filled(text: str, fields: Mapping[str, Spoken], key: str) -> str:
    """Return a sentence with its fields filled in. A field without a value leaves the sentence out."""

    def value(place: re.Match[str]) -> str:
        name = place[1]
        if name not in fields:
            raise BadInput(f"words: {key} names the field {name}, which this edition does not have")
        said = fields[name]
        if said is not None and not isinstance(said, str):
            raise BadInput(f"words: {key} names the field {name}, which is a list; the template shows it line by line")
        return said or ""

    names = _PLACE.findall(text)
    return "" if any(name in fields and fields[name] is None for name in names) else _PLACE.sub(value, text)
