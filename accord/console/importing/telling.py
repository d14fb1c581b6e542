"""The words of an import: on the page that signs, once it is recorded, and for each verdict on a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from accord.console.serving.desk import Console
from accord.presentation.faults import Refused
from accord.presentation.numbers import count_in_words
from accord.presentation.words.codes import as_sentence, in_plain_words
from accord.presentation.words.organisation.funds import Pairs
from accord.presentation.words.values import NamesInWords, number_in_words, sum_in_words
from domain.imported.events import ImportAct, ImportConfirmed, ImportSigned
from domain.imported.orders import ImportOrder
from domain.imported.plan import RowVerdict
from domain.imported.totals import NO_YEAR
from records.imports import read_standing

MEANINGS: Final[Mapping[RowVerdict, str]] = {
    RowVerdict.NEW: "new",
    RowVerdict.SAME: "here already",
    RowVerdict.CHANGED: "other now",
    RowVerdict.REFUSED: "refused",
    RowVerdict.PERSON: "asked of a person",
}
_SUMS: Final = {"agreed": "Agreed", "paid": "Paid", "returned": "Came back", "not_paid": "Not paid yet"}


async def import_in_words(console: Console, act: ImportAct, names: NamesInWords) -> tuple[str, Pairs]:
    """Return the oath of an act on an import, and what is signed, field by field.

    Raises:
        Refused: It confirms what nobody signed.
    """
    if isinstance(act, ImportSigned):
        count = count_in_words(len(act.order.records), "partnership")
        oath = f"You bring in {count} of before as this table claims. Another person confirms it."
        return oath, pairs_of(act.order, names)
    standing = await read_standing(console.desk.reader, act.order_sha256)
    if standing.order is None:
        raise Refused("nobody signed this import; see the imports", "Unknown")
    count, signer = count_in_words(len(standing.order.records), "partnership"), names.person(standing.signer)
    oath = f"You confirm that {count} of before may be written, as {signer} signed."
    return oath, [*pairs_of(standing.order, names), ("Signed by", signer)]


def cautions_in_words(cautions: Iterable[str], names: NamesInWords) -> list[str]:
    """Return cautions in words, each once."""
    return [as_sentence(names.within(in_plain_words(caution))) for caution in dict.fromkeys(cautions)]


def pairs_of(order: ImportOrder, names: NamesInWords) -> Pairs:
    """Return the content of an order, field by field: first what its signer is warned of."""
    mapping = order.mapping
    answers = [(f"Answer on {key}", answer) for key, answer in mapping.answers.items()]
    return [
        *(("Look before you sign", words) for words in cautions_in_words(order.cautions, names)),
        ("Records", number_in_words(len(order.records))),
        ("From", mapping.source),
        ("First new reference", mapping.first_reference),
        *_figures(order),
        *answers,
        ("Digest of the file", order.file_sha256),
        ("Digest of the import", order.sha256),
    ]


def _figures(order: ImportOrder) -> Iterator[tuple[str, str]]:
    totals = order.totals
    yield "Partnerships in the system of before", number_in_words(totals.partnerships)
    for name, label in _SUMS.items():
        for currency, amount in getattr(totals, name).items():
            yield label, sum_in_words(amount, currency)
    for year, sums in totals.paid_by_year.items():
        for currency, amount in sums.items():
            words = "Paid in a year that nobody knows" if year == NO_YEAR else f"Paid in {year}"
            yield words, sum_in_words(amount, currency)


def outcome_on_import(console: Console, act: ImportAct) -> dict[str, str]:
    """Return the words of the page once an act on an import is recorded."""
    is_confirmed = isinstance(act, ImportConfirmed)
    words = "confirmed, and its records may be written" if is_confirmed else "another person confirms it now"
    back = f"{console.settings.origin}/imports"
    return {"told": f"Recorded: {words}.", "words": "See the imports", "back": back}
