"""The product with one of its mends taken out, each by a patch: the simulation must find every one of them.

`make simulate-mutants` plays scripts against each until a promise is broken, and fails where none of so many finds it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast
from unittest.mock import patch

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, pydantic_data_converter

from accord.audit import authorisation, decisions, frozen, present
from accord.audit.bank.attempts import AttemptsByEvidence
from accord.audit.truths import TruthsProved
from accord.audit.walk import people, steps
from accord.audit.walk.held import StandingHolds
from accord.audit.walk.walk import Walk
from accord.counter import exceptions, hand_over, payment_files
from accord.counter.entry import receiving, settling, taking
from accord.counter.stated import hearing
from accord.counter.transactions import Counter
from accord.runs import retained
from activities import circumstances
from activities import organisation as organisation_acts
from activities.bookings import BookingEffect as Claims
from activities.bookings import Bookings
from activities.contracts import TrancheStart
from activities.payment import Payments
from domain.fault import Fault
from domain.funds import booking, claims, transfers
from domain.funds.fund import Claim
from domain.identity import derive
from domain.partnership import admission
from domain.partnership import events as e
from domain.partnership.payment import decisions as payment_decisions
from domain.partnership.proposal import admission as proposal_admission
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankStatus, Contradiction, ExceptionKind
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.events import PaymentInstructed
from domain.payment.tranche.evolution import fold_tranche
from domain.policy.conditions import CONDITIONS, Gate
from domain.streams import StreamId
from domain.values import Money
from payments.answers import status_reports
from payments.answers.entries import Entry
from payments.answers.matching import faults, identity, judging
from payments.out import files
from records.authorship import Judge
from records.codec import from_ledger
from tests.simulation.judge.violations import Promise
from tests.simulation.mutants_of_accounts import TAKEN
from tests.simulation.steps import (
    GIFTS_THAT_GO,
    MONEY_AND_BACK,
    SECOND_THOUGHTS,
    STEPS,
    THE_BANK_ERRS,
    THE_DOOR,
    THE_LEDGER_FORGETS,
)
from workflows.messages import PartnershipStart
from workflows.partnership import PartnershipWorkflow
from workflows.recording import record
from workflows.tranche import TrancheWorkflow, _events_of

Patch = Callable[[], AbstractContextManager[Any]]


class Mutant(NamedTuple):
    """A mend that was taken out."""

    name: str
    breaks: frozenset[Promise]
    """The promises of which one must be broken by it."""
    patches: tuple[Patch, ...]
    kinds: Collection[str] = STEPS
    """The kinds of steps in the scripts that hunt it."""

    def taken_out(self) -> ExitStack:
        """Return a context in which the mend is taken out."""
        stack = ExitStack()
        for one in self.patches:
            stack.enter_context(one())
        return stack


def _is(owner: Any, name: str, value: Any) -> Patch:
    return lambda: patch.object(owner, name, value)


def _returns(owner: Any, name: str, value: Any) -> Patch:
    return _is(owner, name, lambda *_, **__: value)


def _answers(owner: Any, name: str, value: Any) -> Patch:
    async def answer(*_: Any, **__: Any) -> Any:
        return value

    return _is(owner, name, answer)


# What each mutant does in place of the product.

_standing_fault = authorisation.standing_fault  # type: ignore[attr-defined]


def _without_hold(walk: Walk, *given: Any) -> Fault | None:
    walk.held = StandingHolds()
    return _standing_fault(walk, *given)


def _lifts_all(held: StandingHolds, *_: Any) -> None:
    held.standing = {}


_STEPS_BUT_CANCELLATIONS: Final = {kind: step for kind, step in steps.STEPS.items() if kind is not e.PaymentCancelled}


def _papers_of_the_assessment(walk: Walk, _tranche: int) -> list[Any]:
    asked = walk.assessed.conditions if walk.assessed else ()
    return [one for one in asked if CONDITIONS[one].before in {Gate.AGREEMENT, Gate.PAYMENT} and one not in walk.met]


async def _own_stream_if_any(check: Any) -> Any:
    one = check._instruction
    stored = await check._read(StreamId.attempt(one.partnership_id, one.tranche, one.attempt))
    events: list[Any] = [from_ledger(event).event for event in stored]
    told = [event for event in events if isinstance(event, PaymentInstructed)]
    if not {event.instruction_sha256 for event in told} <= {authorisation._sha256(one)} or not events:
        return authorisation.Authorisation(Fault("its own stream records another instruction"))
    tranche = fold_tranche(tuple(events))
    if tranche.outcome is not None:
        return authorisation._ended(tranche.status.value.lower())
    return told[0] if told else SimpleNamespace(relied_on=None)


async def _believe_the_snapshot(workflow: Any) -> None:
    given = (workflow._start.model_extra or {}).get("snapshot")
    await _believe_the_ledger(workflow)
    if given is not None:
        workflow.partnership = Partnership.model_validate(given["partnership"])


_believe_the_ledger = PartnershipWorkflow.read_state_from_ledger


def _with_extra(kind: Any) -> Patch:
    """Let a workflow's input keep what else somebody puts there."""

    def entered() -> ExitStack:
        stack = ExitStack()
        before = kind.model_config["extra"]

        def set_to(extra: Any) -> None:
            kind.model_config["extra"] = extra
            kind.model_rebuild(force=True)
            for one in cast(
                Any, pydantic_data_converter.payload_converter
            )._inner_payload_converter.converters.values():
                if isinstance(one, PydanticJSONPlainPayloadConverter):
                    one._type_adapter.cache_clear()  # it remembers how a kind was read

        set_to("allow")
        stack.callback(set_to, before)
        return stack

    return entered


_released = Payments._released


async def _released_by_input(activity: Any, start: TrancheStart) -> Any:
    given = (start.model_extra or {}).get("money")
    if given is None:
        return await _released(activity, start)
    known = await _of_an_earlier_release(activity, start)
    return known._replace(order=known.order.model_copy(update={"money": Money.model_validate(given)}), standing=None)


async def _of_an_earlier_release(activity: Any, start: TrancheStart) -> Any:
    from activities.payment import _order, _Released
    from domain.partnership.evolution import fold

    stored = await activity._ledger.read_stream(f"partnership/{start.partnership_id}")
    partnership = fold(start.partnership_id, tuple(from_ledger(one).event for one in stored))  # type: ignore[misc]
    tranche = partnership.tranche(start.tranche)
    at = stored[-1].recorded_at
    release = e.TrancheReleased.model_construct(
        at=at, actor="petra.wolf", tranche=start.tranche, attempt=start.attempt, money=tranche and tranche.money
    )
    order = _order(partnership, release, await activity._registrar.directory())
    return _Released(partnership, order, None)  # type: ignore[arg-type]


_entry_of = identity.entry_of


def _entry_by_message(reading: Any, said: Any, about: str) -> Entry:
    entry = _entry_of(reading, said, about)
    return entry._replace(entry_id=derive("said", said.message_id, said.entry, about), digest="same")


def _hear_without(*kinds: ExceptionKind) -> Patch:
    def heard(*given: Any, **more: Any) -> Any:
        said = events_of_answer(*given, **more)
        return () if isinstance(said, Contradiction) and said.kind in kinds else said

    return _is(settling, "events_of_answer", heard)


async def _make_of_payments_alone(connection: Any, batch: Any) -> Any:
    return await files.remade(connection, batch, 0)


async def _none_ended(*_: Any) -> AsyncIterator[Any]:
    for one in ():
        yield one


_settle = settling.settle


async def _settle_unless_late(counter: Any, partnership: Any, judged: Any) -> Any:
    late = judged.answer is not None and judged.answer.status is BankStatus.RETURNED
    return None if late and partnership.ended else await _settle(counter, partnership, judged)


async def _instruct_once(workflow: Any, start: TrancheStart) -> None:
    from temporalio import workflow as running

    from workflows.options import PAYMENT

    outcome: Any = await running.execute_activity_method(Payments.instruct_payment, start, **PAYMENT)
    if events := _events_of(outcome):
        stream = running.info().workflow_id
        workflow._evolve((await record(workflow._version, derive("instruct", stream), events)).events)
    if workflow.tranche is None:
        await workflow._look()


async def _gone_unless_said(attempts: Any, *given: Any) -> list[str]:
    events = given[-1]
    told = {event.message_id for event in events if event.event_type == "PaymentNeverSent"}
    return [one for one in await _gone(attempts, *given) if one not in told]


_gone = AttemptsByEvidence._gone

_append_all = Counter.append_all


async def _append_whatever_moved(counter: Any, requests: Any) -> None:
    for one in requests:
        stored = await counter.ledger.read_stream(one.stream_id, connection=counter.connection)
        await _append_all(counter, [replace(one, expected_version=len(stored))])


_claims_of = claims.claims_of


def _claims_without_a_hold(partnership: Partnership) -> dict[str, Claim]:
    return _claims_of(partnership) if partnership.hold is None else {}


_money_out_of = claims.money_out_of


def _nothing_owed_in_a_hold(partnership: Partnership) -> claims.MoneyOut:
    money = _money_out_of(partnership)
    return money if partnership.hold is None else money._replace(owing=Decimal(0))


_read_truths = TruthsProved._read


async def _read_without_a_head(gate: TruthsProved, heads: Any) -> Any:
    return await _read_truths(gate, {})  # type: ignore[arg-type]


HELD = frozenset({Promise.HOLD})
LAWFUL = frozenset({Promise.LAWFUL})
ONCE = frozenset({Promise.ONCE, Promise.APPROVED})
WORD = frozenset({Promise.WORD, Promise.BOOKS})
FUNDS = frozenset({Promise.FUNDS})
BACK = frozenset({Promise.BACK})

MUTANTS: Final = (
    Mutant("the check does not see a hold", HELD, (_is(authorisation, "standing_fault", _without_hold),)),
    Mutant("the check does not see what was told", LAWFUL,
           (_answers(TruthsProved, "against", None), _answers(TruthsProved, "unjudged", None))),
    Mutant("what is told at the very moment is not seen", LAWFUL, (_is(TruthsProved, "_read", _read_without_a_head),),
           SECOND_THOUGHTS),
    Mutant("a lift of one hold lifts all", HELD, (_is(StandingHolds, "lift", _lifts_all),), SECOND_THOUGHTS),
    Mutant("the check does not ask for newer registers", LAWFUL, (_returns(authorisation, "newer_than", []),)),
    Mutant(
        "the check does not see conditions of a later look", LAWFUL,
        (_is(present, "missing_papers", _papers_of_the_assessment),),
    ),
    Mutant("the check does not see a recusal", LAWFUL, (_returns(people, "recuse", None),)),
    Mutant("the check does not doubt a key", LAWFUL, (_returns(decisions, "is_doubted", False),)),
    Mutant(
        "a cancellation counts for nothing at the hand-over", HELD,
        (_is(steps, "STEPS", _STEPS_BUT_CANCELLATIONS), _returns(payment_decisions, "_require_attempt", None)),
    ),
    Mutant("the hand-over does not ask whether anything moved", HELD | LAWFUL,
           (_answers(hand_over, "unmoved", True), _is(Counter, "append_all", _append_whatever_moved),
            _returns(payment_decisions, "_require_attempt", None))),
    Mutant("an ending needs no evidence", ONCE, (_answers(AttemptsByEvidence, "_proved", True),)),
    Mutant("neither the order of attempts nor sums are asked", ONCE, (_answers(AttemptsByEvidence, "fault", None),)),
    Mutant("a file is gone without signatures", ONCE,
           (_is(AttemptsByEvidence, "_gone", _gone_unless_said), _answers(Judge, "fault_of_claim", None))),
    Mutant("identifiers are not recomputed", ONCE, (_returns(frozen, "frozen_fault", None),)),
    Mutant("no instruction need be on record", LAWFUL,
           (_is(authorisation._Check, "_own_stream", _own_stream_if_any),)),
    Mutant("bytes are not made again and compared", LAWFUL,
           (_answers(hand_over, "require_same_bytes", None),)),
    Mutant("the message id does not follow from void files", frozenset({Promise.ANSWER, Promise.REST}),
           (_is(payment_files, "make_file", _make_of_payments_alone),)),
    Mutant("a partnership's workflow believes its input", frozenset({Promise.STATE}),
           (_with_extra(PartnershipStart), _is(PartnershipWorkflow, "read_state_from_ledger", _believe_the_snapshot))),
    Mutant("an instruction believes its workflow's input", LAWFUL,
           (_with_extra(TrancheStart), _is(Payments, "_released", _released_by_input))),
    Mutant("a conflict loses a payment's events", frozenset({Promise.REST}),
           (_is(TrancheWorkflow, "instruct", _instruct_once),)),
    Mutant("what the bank says is known by its message", WORD,
           (_is(judging, "entry_of", _entry_by_message),), THE_BANK_ERRS),
    Mutant("a row says that an entry is known", WORD, (_answers(taking, "_is_told", True),)),
    Mutant("a second booking is swallowed", WORD, (_hear_without(ExceptionKind.SECOND_BOOKING),)),
    Mutant("a partial return is swallowed", WORD, (_hear_without(ExceptionKind.PARTIAL_RETURN),)),
    Mutant("a return after the end is swallowed", WORD,
           (_is(taking, "settle", _settle_unless_late),)),
    Mutant("money counts on any account", WORD, (_answers(receiving, "_own_account_fault", None),),
           THE_BANK_ERRS),
    Mutant("any day is believed", WORD, (_returns(faults, "day_fault", None), _returns(judging, "day_fault", None))),
    Mutant("money is kept that no fund has", FUNDS, (_returns(booking, "_require_money", None),)),
    Mutant("money comes into a fund that no other sent", FUNDS, (_returns(transfers, "_was_sent", True),)),
    Mutant("a rejection in any words ends an attempt", ONCE, (_returns(status_reports, "doubt_of_rejection", None),)),
    Mutant("a booking back counts as often as it is told", BACK,
           (_answers(settling, "counted_already", None), _answers(settling, "refunded_already", None),
            _returns(settling, "too_much_back", None), _answers(exceptions, "counted_already", None),
            _answers(exceptions, "refunded_before_bookings", None), _returns(exceptions, "too_much_back", None),
            _answers(Bookings, "_claimed", Claims())), MONEY_AND_BACK),
    Mutant("one person's refund closes a partnership", BACK,
           (_is(Partnership, "unspent_for_sure", property(lambda one: one.unspent)),), MONEY_AND_BACK),
    Mutant("a gift that was taken back pays on", LAWFUL,
           (_answers(taking, "gift_taken_back", None), _answers(hearing, "gift_taken_back", None)), GIFTS_THAT_GO),
    Mutant("a payee's money counts as a gift", WORD, (_answers(receiving, "_debtor_fault", None),), MONEY_AND_BACK),
    Mutant("runs before the newest know nothing", frozenset({Promise.RECEIPT}),
           (_returns(retained, "_before", []), _is(retained, "_ended", _none_ended)), THE_LEDGER_FORGETS),
    Mutant(
        "a hold frees what is kept of a fund",
        FUNDS,
        (_is(booking, "claims_of", _claims_without_a_hold), _is(booking, "money_out_of", _nothing_owed_in_a_hold)),
    ),
    Mutant("a number that came by the door is called back", frozenset({Promise.DOOR}),
           (_answers(organisation_acts, "call_back_fault", None),), THE_DOOR),
    Mutant("a contact changes without a call", frozenset({Promise.DOOR}),
           (_returns(proposal_admission, "admit_contacts", None),), THE_DOOR),
    Mutant("what is handed in is taken over unsealed", frozenset({Promise.SEALED}),
           (_answers(circumstances, "submission_fault", None),), THE_DOOR),
    Mutant("what is handed in is judged twice", frozenset({Promise.SEALED}),
           (_returns(admission, "require_unjudged", None),), THE_DOOR),
    *(Mutant(one.name, one.breaks, one.patches, one.kinds) for one in TAKEN),
)  # fmt: skip
"""Every mend that must be missed."""


def by_name(part: str) -> list[Mutant]:
    """Return the mutants whose names hold some words."""
    return [one for one in MUTANTS if part in one.name]
