"""Senders of incoming money: before it is sent back, the lists in force are asked about them (rules 4.8)."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.counter.bookings import statement_of_exception
from accord.presentation.faults import Refused
from activities.evidence import screen_with_clearances
from domain.parties import Party, PartyKind
from domain.payment.bank_answers import BankAnswer
from domain.payment.bank_file import BankException
from domain.policy.listings import listings
from domain.policy.programmes import Effect, effect_of

_KINDS = (PartyKind.INDIVIDUAL, PartyKind.PRIVATE_COMPANY)


async def require_sender_not_blocked(desk: Desk, exception: BankException) -> None:
    """Check the sender of what came in, and the donor of the gift that it names, against the lists in force.

    Raises:
        Refused: One of them is on a list that blocks all it has, so that nothing is sent back.
    """
    answer = exception.raised.answer
    senders = [*await _donors(desk, answer), *await _debtor(desk, exception)] if answer is not None else []
    if not senders:
        return
    async with desk.pool.acquire() as connection:
        evidence = await screen_with_clearances(connection, desk.registrar, senders)
    sanctions_matches = [
        match for match in evidence.matches if match.is_confirmed and effect_of(match) is Effect.BLOCKED
    ]
    if sanctions_matches:
        raise Refused(
            f"{'; '.join(listings(sanctions_matches))}: its money is not sent back but moved into a blocked account, "
            "and reported within 10 business days (31 CFR 501.603): --kind blocked-account",
            "PaymentRefused",
        )


async def _donors(desk: Desk, answer: BankAnswer) -> tuple[Party, ...]:
    if not answer.partnership_id:
        return ()
    partnership = await desk.partnership(answer.partnership_id)
    proposal = partnership.proposal if partnership is not None else None
    gift = proposal.funds_in if proposal is not None else None
    return (gift.donor,) if gift is not None else ()


async def sender_of(desk: Desk, exception: BankException) -> str:
    """Return the name of whoever sent the money that an exception is about, by the bank's file, or '' without any."""
    answer = exception.raised.answer
    if answer is None:
        return ""
    async with desk.pool.acquire() as connection:
        notice = await statement_of_exception(desk.reader, connection, exception.raised, answer)
    return " ".join(notice.debtor.split())[:140] if notice is not None else ""


async def _debtor(desk: Desk, exception: BankException) -> tuple[Party, ...]:
    """Return the sender of the money, by the bank's file, as a person and as a firm, or () if it names none."""
    name = await sender_of(desk, exception)
    return tuple(Party(name=name, kind=kind, country="US") for kind in _KINDS) if len(name) > 1 else ()
