"""Checks of a payment against the state: its release, and its cancellation."""

from __future__ import annotations

from datetime import UTC
from typing import assert_never

from domain.directory.tiers import Role
from domain.errors import PaymentRefused, SeparationOfDuties
from domain.partnership.choices import remainder_of
from domain.partnership.diligence.admission import require_looked_at, require_on_file
from domain.partnership.diligence.earlier import holds_later
from domain.partnership.payment import commands as c
from domain.partnership.payment.overpaying import admit_waiver
from domain.partnership.payment.period import period_fault
from domain.partnership.payment.recalling import open_recall
from domain.partnership.state import Partnership, TrancheProgress, TrancheState
from domain.policy.listings import questions_told
from domain.proposal import Direction


def admit_payment(partnership: Partnership, command: c.PaymentRequest) -> None:
    """Raise a DomainError if the state does not allow a release or its cancellation."""
    match command:
        case c.Release():
            _admit_release(partnership, command)
        case c.CancelPayment():
            _admit_cancellation(partnership, command)
        case c.AgreeRest():
            _admit_rest(partnership, command, _with_rest(partnership, command).agreed_by)
        case c.GiveUpRest():
            _require_no_recall(partnership, command)
            _admit_rest(partnership, command, _with_rest(partnership, command).waived_by)
        case c.WaiveRecovery():
            admit_waiver(partnership, command)
        case _:
            assert_never(command)


def _admit_release(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release without money out, of a tranche that is paid or on its way, or of another attempt."""
    if partnership.proposed.funds_out is None or Direction.FUNDS_OUT in partnership.ended_legs:
        raise PaymentRefused(f"{partnership.partnership_id} has no leg on which money goes out; no payment is possible")
    tranche = partnership.tranche(command.tranche)
    if tranche is None:
        raise PaymentRefused(f"no tranche {command.tranche}; there are {len(partnership.tranches)}")
    if tranche.has_remainder and not tranche.is_releasable:
        raise PaymentRefused(_two_agree_first(partnership, tranche))
    if not tranche.is_releasable:
        state = tranche.state.value.lower().replace("_", " ")
        raise PaymentRefused(f"tranche {command.tranche} is {state} already and is never paid twice")
    if open_recall(partnership, command.tranche) is not None:
        raise PaymentRefused(
            f"tranche {command.tranche} is recalled: its next attempt waits until its return is booked, or the bank "
            "refuses the recall"
        )
    if command.attempt not in {None, tranche.next_attempt}:
        raise PaymentRefused(
            f"tranche {command.tranche}: attempt {command.attempt} was signed, the next is {tranche.next_attempt}; "
            "look again"
        )
    _admit_money(partnership, command)


def _admit_money(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release without the approvals, papers and reports it needs, during cooling-off, or after a diversion."""
    if tainted_people := partnership.tainted:
        raise SeparationOfDuties(
            f"{min(tainted_people)} has an interest and took part; let others sign the agreement again"
        )
    if fallen := partnership.missing_approvals:
        roles = " and ".join(role.value for role in fallen)
        raise PaymentRefused(f"{roles} must approve {partnership.partnership_id} again before anything is paid")
    _admit_answers(partnership)
    if overdue := holds_later(partnership, command.tranche, command.at.date()):
        raise PaymentRefused(
            f"the rule book asks since it changed, and the time to answer is over: {'; '.join(overdue)}; "
            f"`accord clear {partnership.partnership_id}` or `accord satisfy` answers it"
        )
    _admit_sum(partnership, command)
    _admit_gift(partnership, command)
    require_on_file(partnership, partnership.open_before(command.tranche))
    if fault := partnership.account_fault:
        raise PaymentRefused(
            f"the bank says of the payee's account that {fault}; nothing is paid to it before it is confirmed anew, or "
            f"changed: `accord payments change-account {partnership.partnership_id}`"
        )
    if partnership.payable_from is not None and command.at < partnership.payable_from:
        until = partnership.payable_from.astimezone(UTC)
        raise PaymentRefused(f"the bank details changed; nothing is paid to them before {until:%Y-%m-%d %H:%M} UTC")
    today = command.at.date()
    progress = partnership.tranche(command.tranche)
    if progress is not None and progress.due_on is not None and today < progress.due_on:
        raise PaymentRefused(
            f"tranche {command.tranche} is planned for {progress.due_on} and is not paid before; amend it to pay "
            "earlier"
        )
    against = partnership.responsibility.stands_against_payment(today)
    if against := against or partnership.reporting.against(command.tranche, today):
        raise PaymentRefused(f"nothing is paid: {against}")
    if over := period_fault(partnership, command.tranche, today):
        raise PaymentRefused(
            f"nothing is paid: {over}; extend it (`accord amend`), or accept a report that releases it"
        )


def _admit_answers(partnership: Partnership) -> None:
    """Refuse to pay before a verifier answered what the registers ask."""
    if partnership.asked_since:
        raise PaymentRefused(
            f"the registers ask: {questions_told(partnership.asked_since)}; a verifier clears it first: "
            f"`accord clear {partnership.partnership_id}`"
        )
    require_looked_at(partnership)


def _admit_sum(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release that would exceed what was approved: the tolerance lets approvals stand, and pays nothing."""
    tranche, covered_sum = partnership.tranche(command.tranche), partnership.covered
    if tranche is None or covered_sum is None or partnership.paid_or_in_flight + tranche.remainder <= covered_sum:
        return
    role, currency = partnership.to_renew[0] if partnership.to_renew else Role.FINANCE_APPROVER, tranche.money.currency
    raise PaymentRefused(
        f"{currency} {covered_sum:,} were approved, and with tranche {tranche.number} more would be paid; "
        f"{role.value} approves the rest first: `accord approve {partnership.partnership_id}`"
    )


def _admit_gift(partnership: Partnership, command: c.Release) -> None:
    """Refuse a release that waits for the partnership's own gift, until as much of it has come in."""
    out, tranche = partnership.proposed.funds_out, partnership.tranche(command.tranche)
    if out is None or tranche is None or not out.waits_for_gift:
        return
    required_sum, currency = partnership.paid_or_in_flight + tranche.remainder, tranche.money.currency
    if partnership.usable < required_sum:
        raise PaymentRefused(
            f"tranche {tranche.number} waits for the gift: {currency} {partnership.usable:,} has come in, and "
            f"{required_sum:,} would be paid"
        )


def _two_agree_first(partnership: Partnership, tranche: TrancheProgress) -> str:
    """Return the reason why the rest of a tranche cannot be released yet."""
    agreed = f" ({tranche.agreed_by[0]} did)" if tranche.agreed_by else ""
    return (
        f"tranche {tranche.number}: {remainder_of(tranche)} of {tranche.money} is not paid, and two agree to pay it "
        f"first{agreed}: `accord agree-rest {partnership.partnership_id} --tranche {tranche.number}`; or split it "
        "(`accord split`), or two give it up (`accord give-up-rest`)"
    )


def _with_rest(partnership: Partnership, command: c.AgreeRest | c.GiveUpRest) -> TrancheProgress:
    """Return the tranche of a word on its rest. Raises PaymentRefused if it has none."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None:
        raise PaymentRefused(f"no tranche {command.tranche}; there are {len(partnership.tranches)}")
    if Direction.FUNDS_OUT in partnership.ended_legs:
        raise PaymentRefused(f"the money out of {partnership.partnership_id} has ended; no rest of it is paid")
    if not tranche.has_remainder:
        state = tranche.state.value.lower().replace("_", " ")
        raise PaymentRefused(f"tranche {command.tranche} is {state}: it has no rest beside a part that was paid")
    return tranche


def _admit_rest(partnership: Partnership, command: c.AgreeRest | c.GiveUpRest, signers: tuple[str, ...]) -> None:
    """Refuse a word on another sum than the rest, and a person's second one. `signers`: who said the same before."""
    remainder = remainder_of(_with_rest(partnership, command))
    if command.remainder != remainder:
        raise PaymentRefused(f"rest: {remainder} of tranche {command.tranche} is not paid; agree to that sum")
    if command.actor in signers:
        raise PaymentRefused(f"{command.actor} agreed already; another person agrees as well")


def _require_no_recall(partnership: Partnership, command: c.GiveUpRest) -> None:
    """Raise PaymentRefused while a payment of the tranche is recalled: its return makes the rest another sum."""
    if open_recall(partnership, command.tranche) is not None:
        raise PaymentRefused(
            f"tranche {command.tranche} is recalled: its rest is given up once its return is booked, or the bank "
            "refuses the recall"
        )


def _admit_cancellation(partnership: Partnership, command: c.CancelPayment) -> None:
    """Refuse to cancel a payment that is not released, or was handed over: then only the bank's answer ends it."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None:
        raise PaymentRefused(f"no tranche {command.tranche}; there are {len(partnership.tranches)}")
    if tranche.state is TrancheState.HANDED_OVER:
        raise PaymentRefused(
            f"tranche {command.tranche} was handed over to the bank; only the bank's word ends it: ask for a "
            f"recall (`accord payments recall {partnership.partnership_id} --tranche {command.tranche}`)"
        )
    if tranche.state is not TrancheState.RELEASED or tranche.attempt != command.attempt:
        raise PaymentRefused(
            f"tranche {command.tranche} is {tranche.state.value}, attempt {tranche.attempt}; nothing of it waits"
        )


def end_first(partnership: Partnership) -> str:
    """Return the way to end a payment that is on its way: cancel it or, once it left, wait for the bank's answer."""
    if partnership.at_the_bank:
        recall = f"recall it (`accord payments recall {partnership.partnership_id}`)"
        return f"it is at the bank, so {recall} and wait for its booked return"
    return f"cancel it (`accord payments cancel {partnership.partnership_id}`)"
