"""The gate before a call-back on an account: a number that only what a grantee handed in names is nobody's word."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from domain.fault import Fault
from domain.partnership.proposal.telephones import known_as
from domain.partnership.state import Partnership
from domain.payment.account import AccountConfirmed
from domain.payment.called_numbers import NumberFrom
from domain.policy.rulebook import RULE_BOOK
from domain.streams import StreamId
from domain.submissions.content import BadSubmission, SubmissionContent
from domain.telephones import is_same_number, names_number
from ledger import Ledger
from ledger.model import MARK
from payments.accounts import AccountChanged, UnknownAccount, read_account
from records.payees import PROPOSE
from records.submissions.gate import opened_submission
from registers.matching.identity.holders import is_held_by, may_be_held_by

_PAID: Final = f"""
WITH handed_in AS (
    SELECT DISTINCT 'partnership/' || f.subject AS stream_id FROM grantee.forms f
     WHERE EXISTS (SELECT FROM grantee.submissions s WHERE s.form = f.id))
SELECT stream_id, coalesce(convert_from(payload, 'UTF8')::jsonb #>> '{{proposal,funds_out,payee,name}}', '') AS name
  FROM handed_in JOIN ledger.events USING (stream_id) WHERE event_type IN {PROPOSE}
 UNION
SELECT stream_id, NULL FROM handed_in JOIN ledger.events USING (stream_id)
 WHERE event_type = 'AgreementSigned' AND payees.account_of(payload) = $1
"""  # noqa: S608
"""The partnerships in which something was handed in, with each name of a payee that was ever proposed, and where the
account was agreed on."""
_SUBMISSIONS: Final = """
SELECT s.number, s.form, s.sha256, s.at, s.content, k.key, f.subject
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form JOIN grantee.keys k ON k.form = s.form
 WHERE f.subject = ANY ($1) ORDER BY s.number
"""

ReadPartnership = Callable[[str], Awaitable[Partnership]]


class _Submission(NamedTuple):
    number: int
    form: UUID
    sha256: bytes
    at: datetime
    content: bytes
    key: bytes
    subject: str


async def call_back_fault(
    ledger: Ledger, read_partnership: ReadPartnership, reference: str, event: AccountConfirmed
) -> Fault | None:
    """Return the reason why a call-back does not vouch for an account, by where its number stood, or None.

    Once the payee handed something in by link, a call-back names the place of its number.
    """
    place = event.number_from
    async with ledger.connection() as connection:
        holder = await _holder_of(connection, reference, event.sha256)
        payees = await _of_holder(connection, read_partnership, reference, holder)
        if place is None:
            return _unnamed(payees) if payees else None
        if place.partnership is not None:
            partnership = await read_partnership(place.partnership)
            fault = _fault_of_payee(partnership, place, reference, holder)
            return fault or _fault_of_contact(partnership, place, event)
        return await _fault_of_register(connection, payees, place, event)


def _unnamed(payees: list[Partnership]) -> Fault:
    return Fault(
        f"number_from: {payees[0].partnership_id} has handed something in by link, so say where the number that you "
        "called stood: a contact of the signed proposal, or a register"
    )


def _fault_of_payee(partnership: Partnership, place: NumberFrom, reference: str, holder: str) -> Fault | None:
    """Return the fault of a contact who does not speak for whoever holds the account, or None."""
    contacts = partnership.proposal.contacts if partnership.proposal is not None else ()
    speaks_for = [contact.organization for contact in contacts[(place.contact or 0) - 1 :][:1]]
    if _holds(partnership, reference, holder) and any(_is_payee(partnership, name) for name in speaks_for):
        return None
    return Fault(
        f"number_from: contact {place.contact} of {place.partnership} does not speak for the payee who holds "
        f"{reference}; call a contact of that payee, on the number in its own signed proposal"
    )


def _fault_of_contact(partnership: Partnership, place: NumberFrom, event: AccountConfirmed) -> Fault | None:
    """Return the fault of a contact's number: there is none, it is another party's, or nothing vouches for it."""
    contacts = partnership.proposal.contacts if partnership.proposal is not None else ()
    number = place.contact or 0
    contact = contacts[number - 1] if number <= len(contacts) else None
    telephone = known_as(partnership.telephones, contact) if contact is not None else None
    if contact is None or telephone is None:
        return Fault(f"number_from: contact {number} of {place.partnership} has no telephone number in the proposal")
    fault = telephone.uncounted(event.actor, event.at)
    return Fault(f"number_from: {fault}") if fault else None


async def _fault_of_register(
    connection: PoolConnectionProxy, payees: list[Partnership], place: NumberFrom, event: AccountConfirmed
) -> Fault | None:
    """Return the fault of a register's number that what was handed in names, and no proposal signed before it."""
    dialled_number = place.number or ""
    telephones = [
        entry
        for partnership in payees
        for entry in partnership.telephones
        if is_same_number(entry.number, dialled_number) and entry.counts(event.actor, event.at)
    ]
    subjects = [partnership.partnership_id for partnership in payees]
    for row in await connection.fetch(_SUBMISSIONS, subjects):
        submission = _Submission(*row)
        if not any(entry.since < submission.at for entry in telephones) and _names(submission, dialled_number):
            return Fault(
                f"number_from: this number came from the grantee, who handed it in for {submission.subject} on "
                f"{submission.at:%Y-%m-%d %H:%M} (submission {submission.number}), and no proposal signed before names "
                "it; call a contact on the number in the signed proposal"
            )
    return None


def _names(submission: _Submission, number: str) -> bool:
    """True if what was handed in names a number. What nobody can read any more names none."""
    try:
        content = opened_submission(
            submission.form, bytes(submission.key), submission.sha256.hex(), bytes(submission.content)
        )
    except BadSubmission:
        return False
    return names_number(_text_of(content), number)


def _text_of(content: SubmissionContent) -> str:
    papers = " , ".join(paper.name for paper in content.papers)
    return " , ".join((json.dumps(content.answers, ensure_ascii=False), content.name, content.capacity, papers))


async def _of_holder(
    connection: PoolConnectionProxy, read_partnership: ReadPartnership, reference: str, holder: str
) -> list[Partnership]:
    """Return the partnerships whose payee holds an account, and handed something in by link.

    Those alone are read whose payee ever bore such a name: a name that counts was proposed.
    """
    rows = await connection.fetch(_PAID, reference)
    likely = {row["stream_id"] for row in rows if row["name"] is None or _may_be(holder, row["name"])}
    partnerships = [await read_partnership(StreamId(stream_id).subject) for stream_id in sorted(likely)]
    return [partnership for partnership in partnerships if _may_hold(partnership, reference, holder)]


def _may_be(holder: str, name: str) -> bool:
    """True if a name may be that of an account's holder. That of a person is encrypted there, and may be."""
    return MARK in name or may_be_held_by(holder, (name,))


async def _holder_of(connection: PoolConnectionProxy, reference: str, sha256: str) -> str:
    """Return the name in which an account is held, or '' where it is not the one that was recorded."""
    try:
        return (await read_account(connection, reference, sha256)).holder
    except (UnknownAccount, AccountChanged):
        return ""


def _is_payee(partnership: Partnership, organization: str) -> bool:
    return is_held_by(organization, partnership.paid_names, _edition(partnership))


def _holds(partnership: Partnership, reference: str, holder: str) -> bool:
    """True if a partnership's payee holds an account, so that its contact may speak for it."""
    is_agreed = partnership.account is not None and partnership.account.reference == reference
    return is_agreed or is_held_by(holder, partnership.paid_names, _edition(partnership))


def _may_hold(partnership: Partnership, reference: str, holder: str) -> bool:
    """True if a partnership's payee may hold an account, so that what it handed in is no number to call."""
    is_agreed = partnership.account is not None and partnership.account.reference == reference
    return is_agreed or may_be_held_by(holder, partnership.paid_names, _edition(partnership))


def _edition(partnership: Partnership) -> str:
    """Return the edition under which a partnership's names are compared: its own, or the one that it will get."""
    return partnership.approved_under or RULE_BOOK.version
