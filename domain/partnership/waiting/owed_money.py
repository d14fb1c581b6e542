"""Obligations of money: returns, pledges, and the confirmations by a second person."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from shlex import quote
from typing import Final

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.partnership.state import Partnership
from domain.partnership.waiting.owing import JUDGED_WITHIN, MAY_RESOLVE, Obligation, ObligationKind, owes
from domain.payment.recalls import RecallAnswer
from domain.proposal import Direction
from domain.values import Money


def came_back(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the decision on each payment that came back after the close, by when it came."""
    final, since = partnership.reporting.final, partnership.moved_last
    note = f", and report {final.number} accounts for it" if final is not None and final.figures is not None else ""
    choices = "pay it again (reopen), or give it up (terminate)"
    way = f"two people say first whether it did, then: {choices}" if partnership.late_returns else choices
    for progress in partnership.came_back_since:
        assert since is not None  # noqa: S101 - its return moved money
        words = f"tranche {progress.number}, {progress.money}, came back after the close{note}: {way}"
        due, command = since + JUDGED_WITHIN, "reopen {id} --reason REASON --as STAFF"
        obligation = owes(ObligationKind.RETURNED, str(progress.number), words, due, since, c.Reopen, command)
        first = {"awaiting": MAY_RESOLVE, "command": "payments exceptions"}
        yield obligation.model_copy(update=first) if partnership.late_returns else obligation


def recalls(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the open recalls: the bank's answer to each or, once it was granted, its booked return."""
    for recall in partnership.recalls:
        what = "the return of the granted recall" if recall.granted else "the bank's answer to the recall"
        pending = ", which the bank has passed on" if recall.answer is RecallAnswer.PENDING else ""
        words = f"{what} of tranche {recall.tranche}{pending}, which {recall.responsible} follows up"
        way = "--answer ANSWER --reason REASON --document FILE --as STAFF"
        answer = f"payments answer-recall {{id}} --tranche {recall.tranche} {way}"
        command, since = "payments import FILE --as STAFF" if recall.granted else answer, recall.asked_on
        yield owes(ObligationKind.RECALL, str(recall.tranche), words, recall.due, since, c.AnswerRecall, command)


def money_back(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the money that the grantee owes back: unspent, not allowed, or diverted."""
    report, diversion = partnership.reporting.owing, partnership.responsibility.diverted
    if report is not None and report.figures is not None and partnership.unspent > Decimal(0):
        unspent = Money(amount=partnership.unspent, currency=report.figures.currency)
        why = "spent, or not allowed" if report.disallowed else "spent"
        words = f"the grantee pays back {unspent}, which was not {why}"
        due = report.received_on + JUDGED_WITHIN
        yield owes(ObligationKind.REFUND, "unspent", words, due, report.received_on, c.RecordRefund, _REFUND)
    if diversion and partnership.diverted_on is not None:
        words = "recover what was diverted, and record the grantee's assurances"
        since, command = partnership.diverted_on, ASSURE
        due = since + JUDGED_WITHIN
        obligation = owes(ObligationKind.ASSURANCE, "diversion", words, due, since, c.RecordAssurance, command)
        yield obligation.model_copy(update={"awaiting": may_assure(partnership)})
    elif (outstanding_sum := partnership.responsibility.diversions.outstanding) and partnership.diverted_on is not None:
        words, since = f"recover the {outstanding_sum:,} that were diverted and are not back", partnership.diverted_on
        due = since + JUDGED_WITHIN
        obligation = owes(ObligationKind.ASSURANCE, "restoration", words, due, since, c.RecordAssurance, ASSURE)
        yield obligation.model_copy(update={"awaiting": may_assure(partnership)})


def overpayment(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the money that the grantee was paid beyond the plan, until it is back or two people let it stay."""
    standing, overpaid_sum = partnership.overpayment, partnership.overpaid_open
    if standing is None or not overpaid_sum:
        return
    tranches = [tranche for tranche in partnership.tranches if tranche.overpaid]
    numbers = " and ".join(str(tranche.number) for tranche in tranches)
    money = Money(amount=overpaid_sum, currency=tranches[0].money.currency)
    signers = f" ({standing.signers(overpaid_sum)[0]} did)" if standing.signers(overpaid_sum) else ""
    words = (
        f"ask {money} back, paid beyond the plan of tranche {numbers}: by a recall, or as a refund; or two let the "
        f"grantee keep it (waive-recovery){signers}"
    )
    due, command = standing.since + JUDGED_WITHIN, _REFUND
    yield owes(ObligationKind.OVERPAYMENT, "overpayment", words, due, standing.since, c.RecordRefund, command)


def may_assure(partnership: Partnership) -> tuple[Role, ...]:
    """Return the roles that record assurances: of another diversion a director alone (26 CFR 53.4945-5(e)(1)(iii))."""
    again = partnership.responsibility.diversions.again
    roles = frozenset({Role.DIRECTOR}) if again else PROCEDURE[c.RecordAssurance].roles
    return tuple(role for role in Role if role in roles)


_REFUND: Final = "refund {id} --amount SUM --bank-reference REF --booked-on DAY --reason REASON --as STAFF"
ASSURE: Final = "assure {id} --what WHAT --restored SUM --bank-reference REF --as STAFF"


def pledges(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the first instalment of a pledge that has not come in whole."""
    gift, remainder = partnership.proposed.funds_in, partnership.kept
    if gift is None or partnership.ended or Direction.FUNDS_IN in partnership.ended_legs:
        return
    for number, instalment in enumerate(gift.schedule, start=1):
        if remainder < instalment.amount:
            missing = Money(amount=instalment.amount - remainder, currency=gift.money.currency)
            words = f"instalment {number} of the pledge: {missing} of it has not come in"
            since, command = partnership.agreed_on or instalment.due_on, "payments import FILE --as STAFF"
            yield owes(ObligationKind.PLEDGE, str(number), words, instalment.due_on, since, c.RecordRefund, command)
            return
        remainder -= instalment.amount


def unconfirmed(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the second signature on each refund."""
    since = partnership.moved_last
    for refund in partnership.refunds:
        if not refund.confirmed_by and refund.recorded_by and since is not None:
            words = f"confirm the refund of {refund.money}, {refund.name}, by the bank's booking, or take it back"
            detail = f" --detail {quote(refund.detail)}" if refund.detail else ""
            options = f"--bank-reference {quote(refund.bank_reference)}{detail}".replace("{", "{{").replace("}", "}}")
            command = f"confirm-refund {{id}} {options} --reason REASON --as STAFF"
            due = since + JUDGED_WITHIN
            yield owes(ObligationKind.CONFIRMATION, refund.name, words, due, since, c.ConfirmRefund, command)
