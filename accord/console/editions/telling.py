"""The words of acts on editions: on the page that signs, and once they are recorded."""

from __future__ import annotations

from typing import NamedTuple

from accord.console.editions.contents import content_under, difference_to_before, series_of
from accord.console.serving.desk import Console
from accord.presentation.faults import Refused
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.organisation.editions import (
    Pairs,
    confirmers_in_words,
    content_pairs,
    difference_pairs,
    edition_pairs,
    source_pairs,
    title_of,
)
from accord.presentation.words.values import NamesInWords
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.editions.letters import LetterTemplate
from domain.editions.series import confirmation_fault


class EditionWords(NamedTuple):
    """An act on an edition, as the page that signs says it."""

    oath: str
    content: Pairs
    source: Pairs
    """What a letter is made of, which stands behind a line."""
    template: LetterTemplate | None
    """The letter, to be shown as it is read, or None for what is no letter."""


async def edition_in_words(console: Console, act: EditionEvent) -> EditionWords:
    """Return an act on an edition in words, with all that its content holds.

    Raises:
        Refused: It confirms what does not wait any more, or the content is not the one that is signed.
    """
    series = await series_of(console, act.edition_kind, act.name)
    content = await content_under(console, act.sha256)
    about = f"edition {act.edition} of {title_of(content)}"
    match act:
        case EditionAsked():
            oath = f"You ask for {about}. It counts once another person confirms it."
            signer_pairs = [("Reason", act.reason), ("Confirmed by", confirmers_in_words(act.edition_kind))]
            starts_on = act.starts_on
        case EditionConfirmed():
            if (fault := confirmation_fault(series, act)) or series.waiting is None:
                raise Refused(str(fault))
            names, waiting = NamesInWords(await console.desk.directory()), series.waiting
            starts_on = waiting.starts_on
            when = f"it is in force from {whole_day_in_words(starts_on)}" if starts_on else "it is in force from now on"
            oath = f"You confirm {about}, and {when}."
            signer_pairs = [("Reason", waiting.reason), ("Asked for by", names.person(waiting.actor))]
    facts = edition_pairs(content, act.sha256, starts_on)
    difference = await difference_to_before(console, series, content)
    differs = difference_pairs(difference[1], difference[0]) if difference is not None else []
    if isinstance(content, LetterTemplate):
        kind = ("Kind of letter", words_of(content.letter))
        return EditionWords(oath, [*facts, kind, *signer_pairs], [*differs, *source_pairs(content)], content)
    return EditionWords(oath, [*facts, *signer_pairs, *differs, *content_pairs(content)], [], None)


async def outcome_on_edition(console: Console, act: EditionEvent) -> dict[str, str]:
    """Return the words of the page once an act on an edition is recorded."""
    title = title_of(await content_under(console, act.sha256))
    match act:
        case EditionAsked():
            outcome = f"Recorded: {title} {act.edition} waits for {confirmers_in_words(act.edition_kind)}."
        case EditionConfirmed():
            series = await series_of(console, act.edition_kind, act.name)
            edition = series.numbered(act.edition)
            since = f" from {whole_day_in_words(edition.first_day)}" if edition is not None else ""
            outcome = f"Recorded: {title} {act.edition} is in force{since}."
    back = f"{console.settings.origin}/{place_of_series(act.edition_kind, act.name)}"
    return {"told": outcome, "words": "See the edition", "back": back}


def place_of_series(kind: str, name: str) -> str:
    """Return the path of the page of a series, without its first stroke."""
    return f"editions/{kind.lower()}/{name}"
