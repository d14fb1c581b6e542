"""The mail that an event leads to where not all contacts are told the same: invitations, and warnings of a theft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from asyncpg.pool import PoolConnectionProxy

from accord.client.reading import LedgerAccess
from accord.post.door.contacts import contacts_at, gone_contacts
from accord.post.kinds import MailKind
from accord.post.outbox import NewMail
from accord.post.recipients import CONTACT
from accord.presentation.faults import Refused
from domain.identity import derive
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.recorded.event import RecordedEvent
from domain.streams import ACCOUNT_STREAMS, PARTNERSHIP_STREAMS
from ledger import clock

BY_EVENT: Final = frozenset({MailKind.GRANTEE_INVITED, MailKind.CONTACT_CHANGED, MailKind.AGREEMENT_WAITS})
"""The kinds of which an event says who is told."""

ISSUED_WITHIN: Final = timedelta(days=7)
"""The time within which a house issues an agreement. Until then its grantee hears of the approval with it, and once."""
_ACCOUNTS: Final = """
SELECT stream_id, position FROM ledger.events
 WHERE position > $1 AND position <= $2 AND event_type = 'AccountRecorded' ORDER BY position
"""
_PAYEES: Final = "SELECT post.partnerships_of_account($1)"


def mails_of_event(
    kind: MailKind, partnership_id: str, history: Sequence[RecordedEvent], position: int
) -> Iterator[NewMail]:
    """Yield the mails of an event of one of those kinds."""
    at, numbers = _told(kind, history, position)
    for number in numbers:
        facts = {"partnership": partnership_id, "position": at}
        yield _mail(kind, partnership_id, number, facts, str(position))


def mail_with_agreement(partnership_id: str, number: int, position: int) -> NewMail:
    """Return the mail to a contact that an agreement was issued, by the position of its event."""
    facts = {"partnership": partnership_id, "position": position}
    return _mail(MailKind.AGREEMENT_WAITS, partnership_id, number, facts, str(position))


def is_agreement_due(history: Sequence[RecordedEvent], now: datetime) -> bool:
    """True if a grantee is told that the agreement is waited for: it was issued, or was not for long.

    The mail with the agreement tells of the approval too. Where a house sends agreements in another way, or a contact
    has no address for a link, nothing would tell of it.
    """
    if any(isinstance(entry.event, e.LetterIssued) and entry.event.letter is LetterKind.AGREEMENT for entry in history):
        return True
    approvals = [entry.recorded_at for entry in history if isinstance(entry.event, e.ApprovalGiven)]
    newest = approvals[-1] if approvals else None
    return newest is None or now - newest >= ISSUED_WITHIN


def _told(kind: MailKind, history: Sequence[RecordedEvent], position: int) -> tuple[int, tuple[int, ...]]:
    """Return the position that a mail's facts name, and the numbers of the contacts who are told."""
    event = next((entry.event for entry in history if entry.position == position), None)
    match event:
        case e.GranteeInvited(contact=contact):
            return position, (contact - 1,)
        case e.ProposalRevised() | e.ProposalAmended() if kind is MailKind.CONTACT_CHANGED:
            return gone_contacts(history, position)
        case e.LetterIssued(letter=LetterKind.AGREEMENT, to=Addressee.PAYEE | Addressee.PARTNER):
            contacts = contacts_at(history, position)[1]
            return position, tuple(number for number, contact in contacts.items() if contact.email)
        case _:
            return position, ()


def _mail(kind: MailKind, partnership_id: str, number: int, facts: dict[str, Any], *parts: str) -> NewMail:
    reference = f"{CONTACT}/{partnership_id}/{number}"
    return NewMail(derive("mail", kind.value, partnership_id, *parts, reference), kind, reference, facts)


async def mails_on_accounts(
    access: LedgerAccess, connection: PoolConnectionProxy, after: int, upto: int
) -> list[NewMail]:
    """Return the mails on accounts that were recorded for payees who have one: to each address on record until then.

    Of an account, the database says whose partnerships it may be for, by its holder's name, and no more of it.
    """
    mails = list[NewMail]()
    for stream_id, position in await connection.fetch(_ACCOUNTS, after, upto):
        reference = stream_id.removeprefix(ACCOUNT_STREAMS)
        entries = [
            candidate for candidate in await access.registrar.vouched(reference) if candidate.position == position
        ]
        if entries:
            day = (entries[0].recorded_at or clock.now()).date()
            mails += await _on_account(access, connection, reference, position, day)
    return mails


async def _on_account(
    access: LedgerAccess, connection: PoolConnectionProxy, reference: str, position: int, day: date
) -> list[NewMail]:
    by_address: dict[str, NewMail] = {}
    has_account = False
    for row in await connection.fetch(_PAYEES, reference):
        partnership_id = row[0].removeprefix(PARTNERSHIP_STREAMS)
        try:
            history = await access.history(partnership_id)
        except Refused:
            continue
        until_then = [entry for entry in history if entry.position < position]
        partnership = fold(partnership_id, tuple(cast(e.Event, entry.event) for entry in until_then))
        has_account = has_account or partnership.account is not None
        version, contacts = contacts_at(history, position)
        for number, contact in contacts.items():
            if contact.email:
                facts = {"partnership": partnership_id, "position": version, "day": str(day)}
                mail = _mail(MailKind.ACCOUNT_RECORDED, partnership_id, number, facts, str(position))
                by_address[contact.email.casefold()] = mail
    return list(by_address.values()) if has_account else []
