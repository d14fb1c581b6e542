"""The words of acts of the organisation: on the page that signs, and once they are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from accord.client.acts import look_again
from accord.console.editions.telling import edition_in_words, outcome_on_edition, place_of_series
from accord.console.importing.telling import import_in_words, outcome_on_import
from accord.console.organisation.waiting import WaitingAct
from accord.console.pages.books.telling import book_act_in_words, outcome_on_book
from accord.console.serving.desk import Console
from accord.organisation.truths import touched_by, truth_on_record
from accord.presentation.faults import Refused
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.facts import facts_of
from accord.presentation.words.organisation.funds import Pairs, change_in_words, change_pairs, opening_pairs
from accord.presentation.words.organisation.truths import truth_in_words
from accord.presentation.words.values import NamesInWords
from domain.books.events import BookEvent
from domain.editions.events import EditionEvent
from domain.editions.letters import LetterTemplate
from domain.funds.events import Change, FundChangeAsked, FundChangeConfirmed, FundOpened, Transfer
from domain.funds.fund import Fund
from domain.imported.events import ImportAct
from domain.payment.counter import CounterAct
from domain.truths.events import TruthAnswered, TruthTold
from records.funds import Funds

_OATHS: Final[Mapping[type[CounterAct], str]] = {
    TruthTold: "You tell what you learnt. It stands beside each partnership that it touches.",
    TruthAnswered: "You say whether what was told is so.",
}


class ActInWords(NamedTuple):
    """An act that waits to be signed, as the page that signs says it."""

    oath: str
    content: Pairs
    leave: str
    """The path of the page to which one goes back."""
    number: str
    """The number of the request that is confirmed, or ''."""
    about: str
    """The subject that is looked at, for the access log."""
    source: Sequence[tuple[str, str]] = ()
    """What it is made of, which stands behind a line."""
    template: LetterTemplate | None = None
    """A letter that is shown as it is read, or None."""


async def act_in_words(console: Console, waiting: WaitingAct) -> ActInWords:
    """Return an act in words.

    Raises:
        Refused: It confirms a change that does not wait any more, or closes a period with another export.
    """
    act, names = waiting.unsigned, NamesInWords(await console.desk.directory())
    if isinstance(act, EditionEvent):
        words, place = await edition_in_words(console, act), place_of_series(act.edition_kind, act.name)
        about = f"edition {act.edition_kind}/{act.name}"
        return ActInWords(words.oath, words.content, place, "", about, words.source, words.template)
    if isinstance(act, TruthTold | TruthAnswered):
        pairs = await _truth_pairs(console, act, names)
        return ActInWords(_OATHS[waiting.kind], pairs, "truths", str(act.words.of), "what was told")
    if isinstance(act, BookEvent):
        oath, pairs = await book_act_in_words(console, act, names)
        return ActInWords(oath, pairs, "books/periods", "", "the book's periods")
    if isinstance(act, ImportAct):
        oath, pairs = await import_in_words(console, act, names)
        return ActInWords(oath, pairs, "imports", "", "an import")
    fund = await Funds(console.desk.reader).read(waiting.subject)
    oath, pairs = await _on_a_fund(console, fund, act, names)
    leave = f"funds/{fund.fund_id}" if fund.is_open else "funds"
    return ActInWords(oath, pairs, leave, str(waiting.content.get("change_id", "")), f"fund {waiting.subject}")


async def _on_a_fund(console: Console, fund: Fund, act: Any, names: NamesInWords) -> tuple[str, Pairs]:
    match act:
        case FundOpened():
            return f"You open the fund {act.name}. It holds no money yet.", opening_pairs(fund.fund_id, act, names)
        case FundChangeAsked(change=change, reason=reason):
            other_name = await name_of_other(console, change)
            words = change_in_words(change, fund, other_name)
            oath = f"You ask for this: {words}. It counts once a director confirms it."
            return oath, [*change_pairs(change, fund, other_name), ("Reason", reason)]
        case FundChangeConfirmed(change_id=change_id):
            request = fund.asked.get(change_id)
            if request is None:
                raise Refused("this change does not wait any more: somebody confirmed it, or it was made otherwise")
            event = request.event
            other_name = await name_of_other(console, event.change)
            oath = f"You confirm this, and it counts at once: {change_in_words(event.change, fund, other_name)}."
            asked = [("Reason", event.reason), ("Asked for by", names.person(event.actor))]
            return oath, [*change_pairs(event.change, fund, other_name), *asked]
        case _:
            raise ValueError(f"{type(act).__name__} has no words here")


async def name_of_other(console: Console, change: Change) -> str:
    """Return the name of the fund that money would move to, or '' for another change."""
    return (await Funds(console.desk.reader).read(change.to)).name if isinstance(change, Transfer) else ""


async def _truth_pairs(console: Console, act: TruthTold | TruthAnswered, names: NamesInWords) -> Pairs:
    """Return the fields of a truth, or of an answer, which begins with the truth that it answers."""
    question: Pairs = []
    if isinstance(act, TruthAnswered):
        truth = await truth_on_record(console.desk, act.words.of)
        question = [("What was told", truth_in_words(truth, names))]
    facts = (*facts_of(act.words, names, frozenset({"of"})), *facts_of(act, names, _ENVELOPE))
    return [*question, *((DIGEST_OF_PAPER if fact.is_digest else fact.label, fact.words) for fact in facts)]


_ENVELOPE: Final = frozenset({*CounterAct.model_fields, "event_type", "words"})
"""The fields of an event that say when and by whom it was, and its words, which stand before the others."""
DIGEST_OF_PAPER: Final = "Digest of the paper"


async def outcome_of(console: Console, waiting: WaitingAct, act: Any, fund: Fund | None) -> dict[str, str]:
    """Return the words of the page once an act is recorded. `fund`: as it stood before."""
    origin = console.settings.origin
    if isinstance(act, EditionEvent):
        return await outcome_on_edition(console, act)
    if isinstance(act, BookEvent):
        return await outcome_on_book(console, act)
    if isinstance(act, ImportAct):
        return outcome_on_import(console, act)
    if fund is not None:
        back = f"{origin}/funds/{waiting.subject}"
        return {"told": await _recorded_on_fund(console, fund, act), "words": "See the fund", "back": back}
    truth = await truth_on_record(console.desk, act.words.of)
    if isinstance(act, TruthAnswered):
        await look_again(console.desk, await touched_by(console.desk, truth))
    back = f"{origin}/truths"
    words = truth_in_words(truth, NamesInWords(await console.desk.directory()))
    return {"told": f"Recorded: {words}", "words": "See all that was told", "back": back}


async def _recorded_on_fund(console: Console, fund: Fund, act: Any) -> str:
    match act:
        case FundOpened(name=name):
            return f"Recorded: {name} is open, and holds no money yet."
        case FundChangeAsked(change=change):
            words = change_in_words(change, fund, await name_of_other(console, change))
            return f"Recorded: {words}, once a director confirms it."
        case _:
            request = fund.asked.get(act.change_id)
            if request is None:
                return "Recorded: the change counts."
            change = request.event.change
            return f"Recorded. {as_sentence(change_in_words(change, fund, await name_of_other(console, change)))}."
