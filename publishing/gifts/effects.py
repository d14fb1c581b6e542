"""The effect of each event of a fund on a gift's sums, and the closed list of events that are published whole.

An event is whole if it holds nothing but a reference, a time and a sum of this gift's money, and if nothing was
recorded together with it in a fund of others. Of any other the page has the place, the leaf and the effect alone, under
the house's signature: it may name people, reasons or other funds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from domain.canonical_json import canonical_json
from domain.funds import events as f
from domain.funds.fund import Fund, evolve
from domain.identity import ACCORD
from domain.partnership.events import FundsAllotted
from domain.recorded.schema import event_payload, parse_json_object
from publishing.gifts.evidence import FundOccurrence, GiftSource
from publishing.withholding import Openness, verdict_of

_OF_GIFT: Final = f.GiftFundOpened | f.GiftReceived | f.GiftReversed
_OF_USE: Final = (
    f.FundsReserved | f.ReservationMoved | f.FundsCommitted | f.FundsSpent | f.PaymentCameBack | f.FundsFreed
)
_META: Final = frozenset({"actor", "causation_id"})

Effect = Mapping[str, str]
"""What an event changes, as the page and its script read it."""
NOTHING: Final[Effect] = MappingProxyType({"kind": "nothing"})


class GiftLine(NamedTuple):
    """A line of the page: an event of the fund, and its effect where the event itself is not published."""

    occurrence: FundOccurrence
    says: Effect | None
    """The effect by the house's signature, or None of a whole event, which says it itself."""


def lines_of(source: GiftSource, names: Mapping[str, str]) -> Iterator[GiftLine]:
    """Yield the lines of a gift's page, in order. Of a shared fund there are those of this gift alone.

    `names`: by reference, what a use is called on the page.
    """
    fund = Fund(source.fund.fund_id)
    for occurrence in source.occurrences:
        before, fund = fund, evolve(fund, occurrence.event)
        if source.is_shared and not _is_of_gift(occurrence.event, source.gift.partnership_id):
            continue
        is_whole = _is_whole(occurrence, source)
        yield GiftLine(occurrence, None if is_whole else _effect(occurrence, source, before, fund, names))


def uses_of(source: GiftSource) -> dict[str, str]:
    """Return the names of uses on the page, by reference: one that is not published has a number instead."""
    hidden_uses = [reference for reference in source.uses if not is_public(source, reference)]
    numbers = {reference: f"unnamed-{number}" for number, reference in enumerate(hidden_uses, start=1)}
    return {reference: numbers.get(reference, reference) for reference in source.uses}


def is_public(source: GiftSource, reference: str) -> bool:
    """True if a grant is published, whatever else is withheld of it."""
    case = source.uses.get(reference)
    return case is not None and verdict_of(case).openness is not Openness.NOTHING


def _is_of_gift(event: Any, gift: str) -> bool:
    return isinstance(event, _OF_GIFT) and getattr(event, "partnership", getattr(event, "gift", "")) == gift


def _is_whole(occurrence: FundOccurrence, source: GiftSource) -> bool:
    """True if an event is of the closed list, is about this gift's money, and was written by the house's own hand.

    A payload that is not what this release writes of the event might hold more than is read of it.
    """
    event, whole = occurrence.event, occurrence.whole
    of_use = isinstance(event, _OF_USE) and is_public(source, event.partnership) and _pays_alone(source, event)
    if not (of_use or _is_of_gift(event, source.gift.partnership_id)):
        return False
    meta = parse_json_object(whole["meta"].encode())
    is_plain = meta.get("actor") == ACCORD and meta.keys() <= _META
    return is_plain and canonical_json(event_payload(event)).decode() == whole["payload"]


def _pays_alone(source: GiftSource, event: Any) -> bool:
    """True if no other fund ever had a part of a grant.

    Events of one command in two funds have their ids and times in common. Whoever had the one whole could try out sums
    until the digest of the other fits, which stands in the path of its neighbour.
    """
    events = (occurrence.event for occurrence in source.histories.get(event.partnership, ()))
    shares = (share for each in events if isinstance(each, FundsAllotted) for share in each.shares)
    return all(share.fund == source.fund.fund_id for share in shares)


def _effect(
    occurrence: FundOccurrence, source: GiftSource, before: Fund, after: Fund, names: Mapping[str, str]
) -> Effect:
    """Return the effect of an event that is not published itself."""
    event = occurrence.event
    for kind, reads in _EXTRACTS.items():
        if isinstance(event, kind):
            return reads(event, names)
    transfer = source.transfers.get(occurrence.version)
    if transfer is not None and transfer.moved_in:
        return {"kind": "added", "amount": str(transfer.moved_in)}
    if transfer is not None and transfer.moved_out:
        return {"kind": "moved", "amount": str(transfer.moved_out)}
    opening = after.opening - before.opening
    return {"kind": "added", "amount": str(opening)} if opening else NOTHING


def _with_use(kind: str) -> Callable[[Any, Mapping[str, str]], Effect]:
    return lambda event, names: {
        "kind": kind, "use": names.get(event.partnership, "unnamed"), "amount": str(event.amount),
    }  # fmt: skip


def _until(event: Any) -> dict[str, str]:
    return {} if event.until is None else {"until": event.until.isoformat()}


_EXTRACTS: Final[Mapping[type[Any], Callable[[Any, Mapping[str, str]], Effect]]] = MappingProxyType(
    {
        f.GiftFundOpened: lambda event, _: {"kind": "opened", "currency": event.currency},
        f.GiftReceived: lambda event, _: {"kind": "received", "amount": str(event.amount)},
        f.GiftReversed: lambda event, _: {"kind": "returned", "amount": str(event.amount)},
        f.FundsReserved: lambda event, names: {**_with_use("reserved")(event, names), **_until(event)},
        f.ReservationMoved: lambda event, names: {
            "kind": "lapse", "use": names.get(event.partnership, "unnamed"), **_until(event),
        },
        f.FundsCommitted: _with_use("committed"),
        f.FundsSpent: _with_use("spent"),
        f.PaymentCameBack: _with_use("came_back"),
        f.FundsFreed: lambda event, names: {
            "kind": "freed", "use": names.get(event.partnership, "unnamed"),
            "reserved": str(event.reserved), "committed": str(event.committed),
        },
    }
)  # fmt: skip
"""By type: the effect of an event of the list that is not whole, such as one of a grant that is not published."""
