"""Editions in words: their kinds, who confirms them, and everything that a person signs on one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from accord.presentation.editions.differing import DifferenceInWords
from accord.presentation.editions.preview import PreviewPage
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import whole_day_in_words
from domain.editions.content import EditionContent
from domain.editions.kinds import MAY_CONFIRM, EditionKind

KINDS: Final = {
    EditionKind.QUESTIONS: "questions",
    EditionKind.BUDGET: "budget template",
    EditionKind.SHEET: "score sheet",
    EditionKind.LETTER: "letter",
    EditionKind.CALL: "call",
}

LANGUAGES: Final = {
    "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "hi": "Hindi", "it": "Italian",
    "pt": "Portuguese", "ru": "Russian", "sw": "Swahili", "zh": "Chinese",
}  # fmt: skip
"""The names of languages, where one is known here. Others are named by their code."""

RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ps", "sd", "ur", "yi"})

Pairs = list[tuple[str, str]]
"""Names of facts, each with its words."""


def language_in_words(code: str) -> str:
    """Return the name of a language, or its code."""
    return LANGUAGES.get(code, code)


def confirmers_in_words(kind: EditionKind) -> str:
    """Return the roles that confirm an edition of a kind."""
    return " or ".join(sorted(words_of(role) for role in MAY_CONFIRM[kind]))


def title_of(content: EditionContent) -> str:
    """Return the title of an edition, in its first language."""
    return content.said("title", content.languages[0])


def edition_pairs(content: EditionContent, sha256: str, starts_on: date | None) -> Pairs:
    """Return the facts of an edition, as the person who signs reads them."""
    languages = ", ".join(map(language_in_words, content.languages))
    return [
        ("What", f"{KINDS[content.kind]}, {content.name}"),
        ("Edition", content.edition),
        ("Languages", languages),
        ("In force", f"from {whole_day_in_words(starts_on)}" if starts_on else "from the day it is confirmed"),
        ("Digest of its content", " ".join(sha256[place : place + 4] for place in range(0, len(sha256), 4))),
    ]


def content_pairs(pages: Iterable[PreviewPage]) -> Pairs:
    """Return what an edition holds, a line for each page: the page that signs shows all of it."""
    pairs = []
    for page in pages:
        entries = [f"{entry.label} ({entry.answer})" if entry.answer else entry.label for entry in page.entries]
        pairs.append((page.title or "It holds", "; ".join(filter(None, entries))))
    return pairs


def difference_pairs(found: DifferenceInWords, before: str) -> Pairs:
    """Return the difference to the edition before, in a line for each sort of it."""
    changed = dict.fromkeys(f"{line.part}: {line.setting}" for line in found.changed)
    lines = [
        ("Added", found.added),
        ("Taken away", found.removed),
        ("In another place", found.moved),
        ("Changed", tuple(changed)),
    ]
    pairs = [(f"{label} since {before}", "; ".join(parts)) for label, parts in lines if parts]
    return pairs or [(f"Since {before}", "nothing differs but the number")]
