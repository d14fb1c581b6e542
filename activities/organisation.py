"""Record a signed act of the organisation about itself. Run as a local activity.

An act passes the same three gates as a decision in a partnership: the signature and the signer's roles, the rules for
the act itself, and the append function of the login.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce

import asyncpg
from temporalio import activity

from activities.contracts import ActAnswer, Refusal
from domain.books.events import BookEvent, PeriodCloseAsked, PeriodClosed
from domain.books.periods import asking_fault, chart_fault, closing_fault
from domain.directory.one_key import one_key_fault
from domain.directory.personal import Person
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.errors import (
    DomainError,
    EpochNotBegun,
    FundsShort,
    IllegalTransition,
    NotSigned,
    SeparationOfDuties,
    Stopped,
)
from domain.fault import Fault
from domain.funds.booking import Turn, adopt, follow
from domain.funds.changes import ChangeTargets, confirmation_fault, fault_with_targets, opening_fault
from domain.funds.events import (
    Adoption,
    AnyFundEvent,
    Change,
    FundChangeAsked,
    FundChangeConfirmed,
    FundOpened,
    MoneyMovedIn,
    SignedFundEvent,
    Transfer,
)
from domain.funds.fund import Fund, evolve
from domain.grants import gift_of_fund
from domain.identity import ACCORD
from domain.imported.events import ImportAct, ImportConfirmed, ImportSigned
from domain.imported.standing import signed_fault, signing_fault
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.payment.account import AccountConfirmed
from domain.recorded.acts import OrganisationAct, may_precede_an_epoch, refusal_of_act
from domain.recorded.schema import AnyEvent
from domain.recorded.writers import Writer
from domain.screening.clearance import MatchCleared, conflict_of_duties
from domain.screening.truths import truth_name
from domain.streams import StreamId
from domain.truths.events import TruthAnswered
from domain.truths.truth import conflict_of_duties as truth_conflict
from domain.truths.truth import lenders_of
from ledger import AppendRequest, AppendStatus, clock
from records.authorship import Reader, is_readable
from records.books.reading import read_closes, rules_of
from records.codec import from_ledger, to_ledger
from records.directory import DirectoryRepository
from records.editions import Editions
from records.forms import require_open
from records.funds import Funds
from records.imports import read_standing
from records.keys.verification import verified
from records.opening import open_ledger
from records.submissions.call_backs import call_back_fault
from records.truths import read_truths


class Organisation:
    """Activities over the organisation's own streams."""

    def __init__(self, pool: asyncpg.Pool, writer: Writer = Writer.WORKER) -> None:
        """Open the ledger to append as `writer`: the worker, or a person's login that may append the act itself."""
        self._pool = pool
        self._ledger = open_ledger(pool, writer)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)
        self._funds = Funds(self._reader)
        self._editions = Editions(self._reader)

    @activity.defn
    async def record_act(self, act: OrganisationAct) -> ActAnswer:
        """Record an act exactly once, however often this runs, or return the refusal."""
        try:
            await self._record(act)
        except Stopped:
            raise
        except DomainError as fault:
            return ActAnswer(refusal=Refusal(kind=type(fault).__name__, reason=str(fault)))
        return ActAnswer()

    async def _record(self, act: OrganisationAct) -> None:
        """Check an act and append it, unless it was recorded before. On a version conflict, check and append again."""
        while not await self._is_recorded(act):
            try:
                if await self._accepted(act) is not AppendStatus.CONFLICT:
                    return
            except DomainError:
                if not await self._is_recorded(act):  # or else another worker was first, and this refuses its own act
                    raise

    async def _is_recorded(self, act: OrganisationAct) -> bool:
        """True if an act is on record: it stays so, whatever rules or roles say by now."""
        return any(event.command_id == act.command_id for event in await self._ledger.read_stream(act.stream))

    async def _accepted(self, act: OrganisationAct) -> AppendStatus:
        """Check an act on what stands, and append it there. Raises a DomainError if the act is refused."""
        events = await self._ledger.read_stream(act.stream)
        readable = [from_ledger(stored_event).event for stored_event in events if is_readable(stored_event)]
        answer = await self._append(act, len(events), await self._accept(act, readable))
        if answer is AppendStatus.KEY_REUSE:
            raise NotSigned(f"act {act.command_id} was recorded before with other content")
        return answer

    async def _accept(self, act: OrganisationAct, stream_events: Sequence[object]) -> tuple[Person, ...]:
        """Return the people whom the act may name. `stream_events`: its stream.

        Raises a DomainError if the act is refused.
        """
        directory = await self._registrar.directory()
        fault = None if may_precede_an_epoch(act, directory) else await self._registrar.fault_of_installation()
        if fault:
            raise EpochNotBegun(str(fault))
        await require_open(self._pool, (act.event,))
        people = await self._accept_who(act)
        if refusal := refusal_of_act(act, directory, verified, clock.now()):
            raise refusal
        if fault := one_key_fault(directory, act.actor, act.event.signature, stream_events):
            raise SeparationOfDuties(str(fault))
        return people

    async def _accept_who(self, act: OrganisationAct) -> tuple[Person, ...]:
        """Return the people whom the act may name.

        Raises SeparationOfDuties if its actor had a conflicting part.
        """
        match act.event:
            case AccountConfirmed() as confirmation:
                await self._accept_call_back(act.subject, confirmation)
            case FundOpened() | FundChangeAsked() | FundChangeConfirmed():
                await self._accept_fund_act(act.subject, act.event)
            case EditionAsked() | EditionConfirmed() as edition_event:
                await self._accept_edition(edition_event)
            case MatchCleared() as clearance:
                return await self._accept_clearance(clearance)
            case TruthAnswered() as answer:
                await self._accept_answer(answer)
            case PeriodCloseAsked() | PeriodClosed() as book_event:
                await self._accept_close(book_event)
            case ImportSigned() | ImportConfirmed() as import_act:
                await self._accept_import(act.stream, import_act)
        return ()

    async def _accept_fund_act(self, fund_id: str, event: SignedFundEvent) -> None:
        """Raise FundsShort if a fund cannot be opened, or a change of its money cannot be asked or confirmed now."""
        fund, change = await self._funds.read(fund_id), None
        match event:
            case FundOpened():
                funders = frozenset(funder.funder_id for funder in (await self._registrar.directory()).funders)
                fault = opening_fault(fund, event, funders)
            case FundChangeAsked():
                change, fault = event.change, None
            case FundChangeConfirmed():
                fault = confirmation_fault(fund, event)
                change = fund.asked[event.change_id].event.change if not fault else None
        fault = fault or (await self._change_fault(fund, change) if change else None)
        if fault:
            raise FundsShort(str(fault))

    async def _change_fault(self, fund: Fund, change: Change) -> Fault | None:
        fund = reduce(evolve, await self._of_gift(fund), fund)
        return fault_with_targets(fund, change, clock.now(), await self._targets_of(change))

    async def _targets_of(self, change: Change) -> ChangeTargets:
        """Return the other funds and the partnerships that a change names, as they are recorded now."""
        match change:
            case Transfer(to=to):
                return ChangeTargets(funds={to: await self._funds.read(to)})
            case Adoption(partnerships=names):
                return ChangeTargets(partnerships=tuple([await self._partnership(name) for name in names]))
            case _:
                return ChangeTargets()

    async def _of_gift(self, fund: Fund) -> tuple[AnyFundEvent, ...]:
        """Return the events that open the fund of a gift agreed before gifts had funds, or none for another fund."""
        gift = gift_of_fund(fund.fund_id)
        if fund.is_open or gift is None:
            return ()
        partnership, now = await self._partnership(gift), clock.now()
        if partnership.version == 0:
            return ()
        return follow(Turn(partnership, partnership, now, now), {fund.fund_id: fund}).movements.get(fund.fund_id, ())

    async def _accept_edition(self, event: EditionEvent) -> None:
        """Raise IllegalTransition if an edition cannot be asked for or confirmed now, or its content is not there."""
        async with self._pool.acquire() as connection:
            fault = await self._editions.fault_of(event, connection)
        if fault:
            raise IllegalTransition(str(fault))

    async def _accept_close(self, event: BookEvent) -> None:
        """Raise IllegalTransition if a period of the book cannot be closed now, or its close not be confirmed."""
        closes = await read_closes(self._reader)
        match event:
            case PeriodCloseAsked():
                rules = rules_of(await self._reader.registrar.directory())
                fault = chart_fault(event, rules) or asking_fault(closes, event, clock.now(), await self._ledger.head())
            case PeriodClosed():
                fault = closing_fault(closes, event)
        if fault:
            raise IllegalTransition(str(fault))

    async def _accept_import(self, stream: StreamId, event: ImportAct) -> None:
        """Raise IllegalTransition if an import cannot be signed now, or SeparationOfDuties if not by this person."""
        standing = await read_standing(self._reader, stream.subject)
        match event:
            case ImportSigned():
                fault = signing_fault(standing, stream.subject, event)
            case ImportConfirmed():
                fault = signed_fault(standing, stream.subject, event)
        if fault:
            raise (SeparationOfDuties if standing.signer == event.actor else IllegalTransition)(str(fault))

    async def _accept_call_back(self, reference: str, confirmation: AccountConfirmed) -> None:
        """Raise a DomainError if whoever recorded an account calls back, or on a number that nothing vouches for."""
        await self._require_another(reference, confirmation.actor)
        if fault := await call_back_fault(self._ledger, self._partnership, reference, confirmation):
            raise IllegalTransition(str(fault))

    async def _require_another(self, reference: str, actor: str) -> None:
        account_standing = await self._registrar.standing(reference)
        if account_standing is not None and account_standing.recorded_by == actor:
            raise SeparationOfDuties(f"{actor} recorded {reference}; another person must call back")

    async def _accept_clearance(self, clearance: MatchCleared) -> tuple[Person, ...]:
        partnership = await self._partnership(clearance.partnership_id)
        directory, participants = await self._registrar.directory(), partnership.involved | {*partnership.payers}
        conflict = conflict_of_duties(clearance.actor, directory, clock.today(), clearance.partnership_id, participants)
        if conflict:
            raise SeparationOfDuties(str(conflict))
        return partnership.people

    async def _accept_answer(self, event: TruthAnswered) -> None:
        """Raise SeparationOfDuties if whoever answers a truth told it, or has a part in the partnership of it."""
        truth = next(
            (candidate for candidate in await read_truths(self._reader) if candidate.truth == event.words.of), None
        )
        if truth is None:
            raise IllegalTransition(f"nobody told {truth_name(event.words.of)}; `accord truths` shows what was told")
        partnership = await self._partnership(truth.partnership_id) if truth.partnership_id else None
        participants = partnership.involved | {*partnership.payers} if partnership is not None else frozenset[str]()
        people = {event.actor, *lenders_of(await self._registrar.directory(), event.actor)}
        if conflict := truth_conflict(truth, people, participants):
            raise SeparationOfDuties(str(conflict))

    async def _partnership(self, partnership_id: str) -> Partnership:
        events = await self._reader.read(StreamId.partnership(partnership_id))
        return fold(partnership_id, tuple(recorded_event.event for recorded_event in events))  # type: ignore[misc]

    async def _append(self, act: OrganisationAct, version: int, people: tuple[Person, ...]) -> AppendStatus:
        try:
            # One append for all streams: a transfer that counts in one fund and not in the other would make money (ADR
            # 0062).
            before, after, append_requests = await self._beside(act)
            events = to_ledger((*before, act.event, *after), act.actor, act.command_id, people)
            requests = [AppendRequest(act.stream, act.command_id, version, events), *append_requests]
            answers = await self._ledger.append_together(requests)
        except ValueError as fault:
            raise NotSigned(f"cannot be recorded: {fault}"[:500]) from None
        is_key_reuse = any(answer.status is AppendStatus.KEY_REUSE for answer in answers)
        return AppendStatus.KEY_REUSE if is_key_reuse else answers[0].status

    async def _beside(
        self, act: OrganisationAct
    ) -> tuple[tuple[AnyFundEvent, ...], tuple[AnyFundEvent, ...], list[AppendRequest]]:
        """Return the events and appends to record together with an act: before it, after it, and in other streams.

        All of them are recorded, or none is.
        """
        match act.event:
            case FundChangeAsked():
                return await self._of_gift(await self._funds.read(act.subject)), (), []
            case FundChangeConfirmed(change_id=change_id):
                fund = await self._funds.read(act.subject)
                change_request = fund.asked.get(change_id)
                change = change_request.event.change if change_request else None
                return (), *await self._consequences(act, act.event.at, fund, change)
            case _:
                return (), (), []

    async def _consequences(
        self, act: OrganisationAct, at: datetime, fund: Fund, change: Change | None
    ) -> tuple[tuple[AnyFundEvent, ...], list[AppendRequest]]:
        """Return the consequences of a confirmed change in its own fund, and in another fund or in partnerships.

        Raises FundsShort if it cannot be made any more.
        """
        if change is None:
            return (), []
        # Judged again on the very versions that the append proves: another fund may have been first since.
        targets = await self._targets_of(change)
        if fault := fault_with_targets(fund, change, clock.now(), targets):
            raise FundsShort(str(fault))
        match change:
            case Transfer(to=to, amount=amount):
                transfer_fields = {"from_fund": fund.fund_id, "amount": amount, "change_id": act.command_id}
                money_moved_in = MoneyMovedIn(at=at, **transfer_fields)
                return (), [self._request(act, StreamId.fund(to), targets.funds[to].version, money_moved_in)]
            case Adoption():
                events, allotments = adopt(fund, targets.partnerships, at, clock.now())
                versions = {partnership.partnership_id: partnership.version for partnership in targets.partnerships}
                return events, [
                    self._request(act, StreamId.partnership(name), versions[name], allotments[name])
                    for name in allotments
                ]
            case _:
                return (), []

    def _request(self, act: OrganisationAct, stream: str, version: int, event: AnyEvent) -> AppendRequest:
        return AppendRequest(stream, act.command_id, version, to_ledger((event,), ACCORD, act.command_id))
