"""Check the two accounts of a payment: vouched for, held in their owners' names, and not given up since the release."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, cast

from accord.audit.heads import Heads
from accord.audit.present import account_fault
from accord.audit.together import SumsBeside
from accord.audit.walk.payee import paid_names
from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.money.rails import rail_of
from domain.parties import Funder, Party
from domain.partnership import events as e
from domain.payment.account import AccountConfirmed, AccountRecorded
from domain.payment.bank_answers import account_fault_in
from domain.payment.tranche.events import PaymentRejected, PaymentReturned
from domain.proposal import FundsOut
from domain.recorded.event import RecordedEvent
from domain.streams import ACCOUNT_STREAMS, StreamId
from ledger import StoredEvent, clock
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, bank_country, embargo_on, read_account, references_of_same
from payments.out.instructions import Instruction
from records.authorship import Reader
from records.codec import from_ledger
from registers.matching.identity.holders import is_held_by, may_be_held_by

VOUCHES: Final = (AccountRecorded.__name__, AccountConfirmed.__name__)
"""The events by which people say which account is a payee's."""


class Accounts:
    """The accounts of one payment, judged from their own streams, their details and the bank's words."""

    def __init__(self, connection: Connection, reader: Reader, instruction: Instruction, heads: Heads) -> None:
        self._connection = connection
        self._ledger, self._reader, self._registrar = reader.ledger, reader, reader.registrar
        self._instruction = instruction
        self._heads = heads

    async def fault(self, walk: Walk) -> Fault | None:
        """Return the fault if either account is unverified, changed or held in another name than its owner's."""
        instruction, out = self._instruction, walk.proposal.funds_out if walk.proposal else None
        directory = await self._registrar.directory()
        funder = directory.funder(out.funder) if out else None
        if out is None or funder is None or funder.account != instruction.debtor_account.reference:
            return Fault(
                "another funder's account would pay, or the funder's account changed: cancel it and release it anew"
            )
        if fault := _funders_own(directory.funders, out, instruction.creditor_account.reference):
            return fault
        for account, names, edition in (
            (instruction.creditor_account, paid_names(walk), walk.edition),
            (instruction.debtor_account, (funder.name,), ""),
        ):
            await self._note(StreamId.account(account.reference))
            if fault := account_fault(await self._registrar.standing(account.reference), account, names[0]):
                return fault
            if fault := await self._holder_fault(account.reference, account.sha256, names, edition):
                return fault
        return None

    async def _holder_fault(self, reference: str, sha256: str, names: tuple[str, ...], edition: str) -> Fault | None:
        try:
            details = await read_account(self._connection, reference, sha256)
        except (UnknownAccount, AccountChanged) as fault:
            return Fault(str(fault))
        if not is_held_by(details.holder, names, edition):
            return Fault(f"account {reference} is held in another name than {names[0]}")
        embargo = embargo_on(details, clock.today())
        return Fault(f"account {reference} is in {embargo.name} ({embargo.citation})") if embargo else None

    async def rail_fault(self, instructed_at: int) -> Fault | None:
        """Return the reason why a payment is on another rail than the organisation's table said then, or None.

        `instructed_at`: the position at which its instruction was recorded.
        """
        instruction, times = self._instruction, await self._registrar.directories()
        rules, account = times.at(instructed_at).rules, instruction.creditor_account
        country = bank_country(await read_account(self._connection, account.reference, account.sha256))
        rail = rail_of(rules.rails if rules is not None else (), instruction.money, country)
        words = (
            f"it is to leave by {instruction.rail}, and the organisation's table says {rail}: cancel it and release it"
        )
        return None if rail is instruction.rail else Fault(f"{words} anew")

    async def word_fault(self, walk: Walk, stored_event: StoredEvent | None, beside: SumsBeside) -> Fault | None:
        """Return the fault if the bank called the account wrong since it was agreed on, or nobody called back since.

        The bank's own words are read: the partnership's event about them is a worker's. What it said of a payment in
        another partnership counts as well.
        """
        since = stored_event.position if stored_event is not None else 0
        for attempt in walk.released:
            stream = StreamId.attempt(self._instruction.partnership_id, attempt.tranche, attempt.attempt)
            for attempt_event in await self._reader.judge(await self._read(stream)):
                event = cast(Any, from_ledger(attempt_event).event)
                reason = event.answer.reason if isinstance(event, PaymentRejected | PaymentReturned) else ""
                if attempt_event.position > since and (fault := account_fault_in(reason)):
                    return Fault(f"the bank says of the account that {fault}")
        walks = await beside.others(walk, self._heads)
        return await self._unconfirmed_since(walk, (walk, *walks.values()))

    async def _unconfirmed_since(self, walk: Walk, walks: Iterable[Walk]) -> Fault | None:
        """Return the fault if the bank called the account wrong in any of these, and nobody called back since."""
        if walk.account is None:
            return None
        references = await references_of_same(self._connection, walk.account.reference)
        moments = [walk.faulted_at for walk in walks if walk.faulty is not None and walk.faulty.reference in references]
        since = max((moment for moment in moments if moment is not None), default=None)
        if since is None:
            return None
        standing = await self._registrar.standing(walk.account.reference)
        has_confirmation = standing is not None and standing.confirmed_since(since)
        confirm = f"`accord payments confirm {walk.account.reference} --anew`"
        if has_confirmation:
            return None
        return Fault(f"nobody called back since the bank called {walk.account.reference} wrong: {confirm}")

    async def newer_fault(self, walk: Walk, event: StoredEvent | None, release: e.TrancheReleased) -> Fault | None:
        """Return the fault if another account of the payee was recorded or called back since the release, or None.

        The agreement cannot name it while the payment is on its way, so it counts before it is named. It no longer does
        once somebody, who neither proposed nor pays, called back after that and the account that is paid is right.
        """
        out, account = walk.proposal.funds_out if walk.proposal else None, self._instruction.creditor_account
        if out is None or event is None:
            return None
        references = await references_of_same(self._connection, account.reference)
        newer = await self._vouched_since(event.position, out.payee, references, walk.edition)
        if not newer:
            return None
        parts = {release.actor, *walk.proposers, *walk.recused}
        if await self._called_back_last(references, parts) > max(newer.values()):
            return None
        new_reference, instruction = max(newer, key=newer.__getitem__), self._instruction
        return Fault(
            f"since its release {new_reference} was recorded for {out.payee.name}: cancel the payment and name the"
            f" right one (`accord payments cancel {instruction.partnership_id} --tranche {instruction.tranche}`), or"
            f" ask the payee, and confirm this one once more: `accord payments confirm {account.reference} --anew`"
        )

    async def _vouched_since(
        self, position: int, payee: Party, references: Collection[str], edition: str
    ) -> dict[str, int]:
        """Return the position of the newest word on each other account of the payee's, of those after a position."""
        newest: dict[str, int] = {}
        for stream in await self._ledger.moved_since(ACCOUNT_STREAMS, VOUCHES, position):
            reference = StreamId(stream).subject
            since = [vouch.position for vouch in await self._vouches(reference) if vouch.position > position]
            if since and reference not in references and await self._may_be_of(reference, payee, edition):
                newest[reference] = max(since)
        return newest

    async def _vouches(self, reference: str) -> list[RecordedEvent]:
        await self._note(StreamId.account(reference))
        return [
            recorded_event
            for recorded_event in await self._registrar.vouched(reference)
            if recorded_event.event.event_type in VOUCHES
        ]

    async def _may_be_of(self, reference: str, payee: Party, edition: str) -> bool:
        """True if an account may be held in a name of the payee's. Nobody can be paid on one without details."""
        standing = await self._registrar.standing(reference)
        if standing is None:
            return False
        try:
            details = await read_account(self._connection, reference, standing.account.sha256)
        except (UnknownAccount, AccountChanged):
            return False
        return may_be_held_by(details.holder, payee.names, edition)

    async def _called_back_last(self, references: Iterable[str], parts: Collection[str]) -> int:
        """Return the position of the newest call-back on an account by somebody without a part, or 0."""
        words = [vouch for reference in references for vouch in await self._vouches(reference)]
        events = [word for word in words if isinstance(word.event, AccountConfirmed) and word.event.actor not in parts]
        return max((event.position for event in events), default=0)

    async def _read(self, stream: str) -> list[StoredEvent]:
        events = await self._ledger.read_stream(stream)
        self._heads[stream] = len(events)
        return events

    async def _note(self, stream: str) -> None:
        self._heads[stream] = len(await self._ledger.read_stream(stream))


def _funders_own(funders: Iterable[Funder], out: FundsOut, account: str) -> Fault | None:
    """Return the fault if the account paid is the paying funder's own, or another funder's that is not the payee."""
    for funder in funders:
        is_payee = (out.payee.ein is not None and out.payee.ein == funder.ein) or out.payee.name == funder.name
        if account == funder.account and (funder.funder_id == out.funder or not is_payee):
            return Fault(
                f"{account} is the account of {funder.funder_id}, a funder; its money does not come back to it"
            )
    return None
