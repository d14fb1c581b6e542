"""Steps of the staff with money that comes back: refunds, also recorded wrongly, and reports of what is left."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from domain.partnership import commands as c
from domain.partnership.refund.refunds import Refund, RefundDirection
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.plans import ReportKind
from tests.simulation.bank.records import Received, Said, Word
from tests.simulation.draw import Draw
from tests.simulation.grounds.lists import PAYEES
from tests.simulation.grounds.organisation import FUNDER_IBAN
from tests.simulation.grounds.states import states
from tests.simulation.grounds.world import World
from tests.simulation.people.acts import accounted, shown
from tests.simulation.steps.banking import left_of, pay_back, settle_one
from tests.simulation.steps.money import import_one
from tests.simulation.steps.shared import Idle, decided, some_partnership

RECORDS: Final = ("femi.ade", "fay.okoro", "paul.nkosi")
CONFIRMS: Final = ("fay.okoro", "dora.kim", "dirk.holm")
REASON: Final = "As the bank's booking says"


def whose(world: World, said: Said) -> str:
    """Return the partnership whose money a booking brought back, '' of any other booking."""
    end_to_end_id = said.back or (said.end_to_end_id if said.word is Word.RETURNED else "")
    payment = world.bank.payments.get(end_to_end_id)
    return payment.partnership_id if payment is not None else ""


def came_back(world: World) -> list[Said]:
    """Return the bookings by which money came back, and that have a reference of the bank's."""
    return [one for one in world.bank.said if one.reference and whose(world, one)]


async def record_refund(world: World, draw: Draw) -> str:
    """Somebody records what came back as a refund: also mistyped, elsewhere, or though the bank tells it as well."""
    found = came_back(world)
    if not found:
        raise Idle
    said = draw.one(found)
    place, amount = whose(world, said), said.credited
    match draw.number(1, 6):
        case 1:
            place = draw.one([one.partnership_id for one in await states(world)] or [place])
        case 2:
            amount = draw.one([said.credited * 10, said.credited + 1, said.credited / 2]).quantize(Decimal("0.01"))
        case _:
            pass
    return await refund(world, place, said, amount, draw.one(RECORDS))


async def refund(world: World, place: str, said: Said, amount: Decimal, actor: str) -> str:
    """Let somebody record a refund of a booking."""
    content = {
        "direction": RefundDirection.FROM_GRANTEE, "money": {"amount": str(amount), "currency": said.currency},
        "booked_on": world.clock.at.date(), "bank_reference": said.reference, "reason": REASON,
    }  # fmt: skip
    if said.booked_on_account is not None:
        booked, currency = said.booked_on_account
        content["booked"] = {"amount": str(booked), "currency": currency}
    return f"{amount} of {said.name}: {await decided(world, place, c.RecordRefund, actor, **content)}"


async def tell_twice(world: World, draw: Draw) -> str:
    """A return is told twice: as a refund and by the bank's file, or as one of another partnership as well."""
    found = came_back(world)
    if not found:
        raise Idle
    told = draw.one(found)
    own, who = whose(world, told), draw.one([("femi.ade", "dora.kim"), ("fay.okoro", "dirk.holm")])
    others = [one.partnership_id for one in await states(world) if one.settled_sum > one.came_back]
    said = []
    for way in draw.one([("refund", "import"), ("import", "refund"), ("refund", "elsewhere", "import")]):
        if way == "import":
            said.append(await import_one(world, told, "femi.ade"))
            continue
        place = own if way == "refund" else draw.one(others or [own])
        said.append(await refund(world, place, told, told.credited, who[0]))
        known = await world.office.desk.partnership(place)
        if known is not None and any(one.bank_reference == told.reference for one in known.refunds):
            said.append(await judged(world, known, told.reference, who[1]))
    return "; ".join(said)


async def confirm_refund(world: World, draw: Draw) -> str:
    """Somebody looks at the booking of a refund: what it does not say they do not confirm, but take it back.

    That the booking counts elsewhere as well is nothing that it says.
    """
    waiting = [
        (one, known.bank_reference) for one in await states(world) for known in one.refunds if not known.confirmed_by
    ]
    if not waiting:
        raise Idle
    known, reference = draw.one(waiting)
    if draw.number(1, 4) == 1 and _is_stated(world):
        return await _hurriedly(world, draw, waiting)
    return await judged(world, known, reference, draw.one(CONFIRMS))


async def _hurriedly(world: World, draw: Draw, waiting: list[tuple[Partnership, str]]) -> str:
    """Somebody confirms a refund as it was typed, though the bank booked another one, or none."""
    refunds = [(known, next(one for one in known.refunds if one.bank_reference == name)) for known, name in waiting]
    false = next((pair for pair in refunds if not _is_true(world, *pair)), None)
    if false is None:
        return await _mistyped(world, draw)
    known, refund = false
    actor = draw.one([person for person in CONFIRMS if person != refund.recorded_by])
    return await _as_typed(world, known.partnership_id, refund.bank_reference, actor)


async def _mistyped(world: World, draw: Draw) -> str:
    """Money comes back, is typed with a dollar too much, and is confirmed as it was typed."""
    came = await pay_back(world, draw)
    said = came_back(world)[-1]
    place = whose(world, said)
    recorded = await refund(world, place, said, said.credited + 1, "femi.ade")
    return "; ".join([came, recorded, await _as_typed(world, place, said.reference, "dora.kim")])


async def _as_typed(world: World, partnership_id: str, reference: str, actor: str) -> str:
    content = {"bank_reference": reference, "reason": "as was typed"}
    return await decided(world, partnership_id, c.ConfirmRefund, actor, **content)


def _is_stated(world: World) -> bool:
    """True if statements of the accounts are kept: then a refund that no file of the bank has is not confirmed."""
    stated = {one.stated.account.number for one in world.bank.said if one.stated and one.number in world.imported}
    return stated == set(world.bank.accounts)


async def judged(world: World, known: Partnership, reference: str, actor: str) -> str:
    """Let somebody confirm a refund that is what the bank booked, or else take it back."""
    waiting = [one for one in known.refunds if one.bank_reference == reference and not one.confirmed_by]
    if not waiting:
        return "it is confirmed already"
    kind = c.ConfirmRefund if _is_true(world, known, waiting[0]) else c.WithdrawRefund
    return await decided(world, known.partnership_id, kind, actor, bank_reference=reference, reason=REASON)


def _is_true(world: World, known: Partnership, refund: Refund) -> bool:
    """True if the bank booked the money of a refund."""
    of_gift = [one for one in world.bank.received if one.reference == refund.bank_reference and one.taken_back]
    if refund.direction is RefundDirection.TO_DONOR:
        return any((one.gift, one.amount) == (known.partnership_id, refund.money.amount) for one in of_gift)
    back = [one for one in came_back(world) if one.reference == refund.bank_reference]
    return any(one.credited == refund.money.amount and _may_be_of(world, one, known.partnership_id) for one in back)


async def went_to_donor(world: World, partnership_id: str, came: Received, actor: str) -> str:
    """Let somebody record that a gift went back, by the bank's booking."""
    content = {
        "direction": RefundDirection.TO_DONOR, "money": {"amount": str(came.amount), "currency": "USD"},
        "booked_on": world.clock.at.date(), "bank_reference": came.reference, "reason": REASON,
    }  # fmt: skip
    return await decided(world, partnership_id, c.RecordRefund, actor, **content)


def _may_be_of(world: World, said: Said, partnership_id: str) -> bool:
    """True if a booking is of a partnership, or counted in its own already: then it is none of a second one's."""
    own = whose(world, said)
    refunds = world.read[own].refunds if own in world.read else ()
    return own == partnership_id or any(one.bank_reference == said.reference and one.confirmed_by for one in refunds)


async def report_unspent(world: World, draw: Draw) -> str:
    """A grantee's final report says that something is left."""

    def fits(known: Partnership) -> bool:
        return (
            known.stage is Stage.ACTIVE and not known.hold and not known.unpaid and not known.in_flight
            and known.settled_sum > known.came_back and known.reporting.open_final is None
        )  # fmt: skip

    try:
        known = await some_partnership(world, draw, fits)
    except Idle:
        await settle_one(world, draw)
        known = await some_partnership(world, draw, fits)
    left = known.settled_sum - known.came_back
    unspent = min(left, draw.one([Decimal("50.00"), Decimal("125.00")]))
    figures = {**accounted(known, left - unspent), "unspent": str(unspent)}
    planned = next((one.number for one in known.reporting.planned if one.kind is ReportKind.FINAL), None)
    said_of_it = {"summary": "what was done", "planned": planned, "milestones": shown(known)}
    content = {**said_of_it, "report_kind": ReportKind.FINAL, "figures": figures}
    said = [await decided(world, known.partnership_id, c.Report, draw.one(["pia.berg", "vito.rana"]), **content)]
    if draw.number(1, 2) == 1:
        said += await _hastily(world, draw, known.partnership_id, unspent)
    return "; ".join(said)


async def _rest_of_gift(world: World, known: Partnership) -> str:
    """The rest of a donor's gift comes in, and the bank's file of it is imported."""
    gift = known.proposed.funds_in
    if gift is None or gift.money.amount <= known.received:
        return "no gift is awaited"
    rest, purpose = gift.money.amount - known.received, f"gift {known.partnership_id}"
    return await import_one(world, world.bank.receive(FUNDER_IBAN, rest, gift.money.currency, purpose), "femi.ade")


async def _hastily(world: World, draw: Draw, partnership_id: str, unspent: Decimal) -> list[str]:
    """The promised money comes in, somebody accepts the report, a part comes back, and is typed ten times as much.

    Nothing but that refund keeps the partnership open then.
    """
    known = await world.office.desk.known_partnership(partnership_id)
    filed = known.reporting.open_final
    paid = [
        one
        for one in world.bank.payments.values()
        if one.partnership_id == partnership_id and left_of(one) >= unspent and one.currency == "USD"
    ]
    if filed is None or not paid:
        return []
    accepted = {"report": filed.number, "reason": REASON}
    said = [await _rest_of_gift(world, known)] if known.awaits_money else []
    said.append(await decided(world, partnership_id, c.AcceptReport, draw.one(CONFIRMS), **accepted))
    part = (unspent / 5).quantize(Decimal("0.01"))
    payer = next((one.name, one.iban) for one in PAYEES if paid[0].creditor in one.accounts)
    came = world.bank.receive(
        paid[0].debtor, part, paid[0].currency, "unspent, with thanks", payer=payer, back=paid[0].end_to_end_id
    )
    return [*said, await refund(world, partnership_id, came, part * 10, draw.one(RECORDS))]
