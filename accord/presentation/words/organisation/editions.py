"""Editions in words: their kinds, who confirms them, and everything that a person signs on one."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from accord.presentation.editions.differing import DifferenceInWords, DifferenceLine
from accord.presentation.editions.preview import PreviewEntry, preview_of
from accord.presentation.words.codes import as_sentence, plainly, words_of
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.labels import LABELS
from domain.editions.content import EditionContent
from domain.editions.kinds import MAY_CONFIRM, EditionKind
from domain.editions.letters import LetterTemplate

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

RIGHT_TO_LEFT_CODES: Final = frozenset({"ar", "fa", "he", "ps", "sd", "ur", "yi"})

Pairs = list[tuple[str, str]]
"""Names of facts, each with its words."""


def language_in_words(code: str) -> str:
    """Return the name of a language, or its code."""
    return LANGUAGES.get(code, code)


def confirmers_in_words(kind: EditionKind) -> str:
    """Return the roles that confirm an edition of a kind."""
    return " or ".join(sorted(words_of(role) for role in MAY_CONFIRM[kind]))


def title_of(content: EditionContent, language: str = "") -> str:
    """Return the title of an edition, by default in its first language.

    A letter's title may say facts of its partnership: each stands as its name, as in “Award of a grant: [title]”.
    """
    title = content.said("title", language or content.languages[0])
    if not isinstance(content, LetterTemplate):
        return title
    return _PLACE.sub(lambda place: f"[{_fact_name(content.fields[place[1]])}]", title)


_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""The place of a fact in a letter's sentence."""


def _fact_name(pointer: str) -> str:
    """Return the name of a fact within a sentence: '/period/starts' is “period, starts”."""
    return ", ".join(_names_of(pointer)).lower()


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


def content_pairs(content: EditionContent) -> Pairs:
    """Return everything that an edition holds, a line for each page and language: the page that signs shows all."""
    pairs = []
    for language in content.languages:
        is_first = language == content.languages[0]
        beside = "" if is_first else f", in {language_in_words(language)}"
        for page in preview_of(content, language):
            entries = [_entry_in_words(entry, is_first) for entry in page.entries]
            pairs.append((f"{page.title or 'It holds'}{beside}", "; ".join(filter(None, entries))))
    return pairs


def source_pairs(content: LetterTemplate) -> Pairs:
    """Return the source of a letter, all that is set into it, and its words in each language, as they are signed."""
    words = [
        (f"Words in {language_in_words(language)}", "\n".join(f"{key}: {text}" for key, text in said.items()))
        for language, said in content.words.items()
    ]
    fields = "\n".join(f"{name}: {pointer}, {fact_in_words(pointer)}" for name, pointer in content.fields.items())
    return [("Template", content.template), ("Set into it", fields), *words]


def fact_in_words(pointer: str) -> str:
    """Return the name of a fact as pages call it, by its path: '/funds_out/payee' is “Money out, Payee”."""
    return f"“{', '.join(_names_of(pointer))}”"


def _names_of(pointer: str) -> list[str]:
    return [LABELS.get(("", name)) or as_sentence(plainly(name)) for name in pointer.split("/") if name]


def _entry_in_words(entry: PreviewEntry, is_first: bool) -> str:
    """Return an entry in a line. What is the same in each language is said in the first."""
    choices = ", ".join(entry.choices)
    settings = (
        entry.answer,
        "needed" if entry.is_needed else "",
        f"asked if: {entry.condition}" if entry.condition else "",
        f"becomes {fact_in_words(entry.becomes)}" if entry.becomes else "",
    )
    settings_text = ", ".join(filter(None, settings)) if is_first else ""
    words = " ".join(filter(None, (entry.label, entry.hint, f"[{choices}]" if choices else "")))
    return f"{words} ({settings_text})" if settings_text else words


def difference_pairs(differences: DifferenceInWords, before: str) -> Pairs:
    """Return the difference to the edition before: what came and went, and each change."""
    lines = [("Added", differences.added), ("Taken away", differences.removed), ("In another place", differences.moved)]
    pairs = [(f"{label} since {before}", "; ".join(parts)) for label, parts in lines if parts]
    for line in differences.changed:
        words = f"“{line.before}” becomes “{line.after}”" if line.before and line.after else _came_or_went(line)
        pairs.append((f"Changed since {before}", f"{line.part}, {line.setting}: {words}"))
    return pairs or [(f"Since {before}", "nothing differs but the number")]


def _came_or_went(line: DifferenceLine) -> str:
    return f"“{line.after}” is new" if line.after else f"“{line.before}” is taken away"
