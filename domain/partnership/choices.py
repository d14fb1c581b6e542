"""The choices of a person who acts on a partnership, by its state: each as a command names it, and in words."""

from __future__ import annotations

from domain.identity import ACCORD
from domain.partnership.acts import Choices
from domain.partnership.hold.holds import Hold
from domain.partnership.refund.refunds import Refund
from domain.partnership.report.reports import ReportState
from domain.partnership.state import IN_FLIGHT, LEFT_STATES, Partnership, TrancheProgress
from domain.partnership.waiting.blocked_years import year_to_report
from domain.payment.account_numbers import masked
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.values import Money


def tranches_to_release(partnership: Partnership) -> Choices:
    """Return the tranches that may be released."""
    return tuple(
        (str(tranche.number), f"tranche {tranche.number}: {remainder_of(tranche)}, {tranche.state.value.lower()}")
        for tranche in partnership.tranches
        if tranche.is_releasable
    )


def tranches_with_a_remainder(partnership: Partnership) -> Choices:
    """Return the tranches that were paid in part, each with the rest."""
    return tuple(
        (str(tranche.number), f"tranche {tranche.number}: {remainder_of(tranche)} of {tranche.money} is not paid")
        for tranche in partnership.tranches
        if tranche.has_remainder
    )


def payable(tranche: TrancheProgress) -> Money:
    """Return the sum that a release of a tranche pays: its rest or, where nothing is left of it, its own."""
    return remainder_of(tranche) if tranche.remainder > 0 else tranche.money


def remainder_of(tranche: TrancheProgress) -> Money:
    """Return the sum of a tranche that is not paid, or that came back. There must be one."""
    return Money(amount=tranche.remainder, currency=tranche.money.currency)


def payments_on_their_way(partnership: Partnership) -> Choices:
    """Return the payments that are released and have not ended, as tranche and attempt."""
    return tuple(
        (
            f"{tranche.number}.{tranche.attempt}",
            f"tranche {tranche.number}, attempt {tranche.attempt}: {tranche.order_money}",
        )
        for tranche in partnership.tranches
        if tranche.state in IN_FLIGHT
    )


def payments_that_left(partnership: Partnership) -> Choices:
    """Return the payments that left and may come back, as tranche and attempt."""
    return tuple(
        (
            f"{tranche.number}.{tranche.attempt}",
            f"tranche {tranche.number}, attempt {tranche.attempt}: {tranche.order_money}",
        )
        for tranche in partnership.tranches
        if tranche.state in LEFT_STATES
    )


def open_recalls(partnership: Partnership) -> Choices:
    """Return the payments whose recall is open, as tranche and attempt."""
    return tuple(
        (f"{recall.tranche}.{recall.attempt}", f"tranche {recall.tranche}, attempt {recall.attempt}")
        for recall in partnership.recalls
    )


def received_reports(partnership: Partnership) -> Choices:
    """Return the reports that wait to be accepted or returned."""
    return tuple(
        (str(report.number), f"report {report.number}, {report.kind.value.lower()}")
        for report in partnership.reporting.filed
        if report.state is ReportState.RECEIVED
    )


def unconfirmed_refunds(partnership: Partnership) -> Choices:
    """Return the refunds that wait for a second person."""
    return tuple(
        (refund.name, f"{_sums(refund)}: {refund.name}") for refund in partnership.refunds if not refund.confirmed_by
    )


def _sums(refund: Refund) -> str:
    return f"{refund.money}" if refund.on_account == refund.money else f"{refund.money}, booked as {refund.on_account}"


def legs(partnership: Partnership) -> Choices:
    """Return the legs of the proposal."""
    return tuple((leg.value, leg.value.replace("_", " ").lower()) for leg in partnership.proposed.directions)


def standing_holds(partnership: Partnership) -> Choices:
    """Return the holds that stand."""
    return tuple((str(hold.number), _hold_in_words(hold)) for hold in partnership.holds)


def _hold_in_words(hold: Hold) -> str:
    author = "a rule" if hold.actor == ACCORD else hold.actor
    part = f" on the {hold.leg.value.replace('_', ' ').lower()}" if hold.leg is not None else ""
    return f"hold{part} by {author}: {masked(hold.reason)}"


def papers_to_file(partnership: Partnership) -> Choices:
    """Return the conditions whose papers may be put on file, and the report of a year of blocked property."""
    held_on = year_to_report(partnership)
    words = f"report to OFAC the blocked property that is held on {held_on}, once that day is over, and file the report"
    yearly = ((ConditionId.SANCTIONS_REPORT.value, words),) if held_on is not None else ()
    return (*((condition.value, CONDITIONS[condition].what) for condition in partnership.conditions_to_meet), *yearly)


def open_questions(partnership: Partnership) -> Choices:
    """Return the questions of the registers that are open."""
    return tuple((question, question) for question in partnership.to_clear)
