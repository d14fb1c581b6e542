"""Reasons for acts that are closed: when it opens, what is over, and where there is nothing that it could be about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from domain.partnership import commands as c
from domain.partnership.choices import papers_to_file
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import LEFT_STATES, Partnership


def _has_unread_report(partnership: Partnership) -> bool:
    return any(report.state is ReportState.RECEIVED for report in partnership.reporting.filed)


def _has_unconfirmed_refund(partnership: Partnership) -> bool:
    return any(not refund.confirmed_by for refund in partnership.refunds)


OPENS: Final[Mapping[Stage, str]] = {
    Stage.PROPOSED: "when its proposer is asked",
    Stage.DUE_DILIGENCE: "once it is proposed",
    Stage.ELIGIBILITY: "once the registers and the rules were asked",
    Stage.APPROVAL: "once the registers and the rules were asked",
    Stage.AGREEMENT: "once everybody has approved who must",
    Stage.ACTIVE: "once the agreement is signed",
    Stage.CLOSED: "once everything agreed is done, and it is closed",
}
"""By stage: when what is open there opens, for who reads before it."""

OVER: Final[Mapping[Stage, str]] = {
    Stage.DUE_DILIGENCE: "It was proposed, and the registers are being asked",
    Stage.ELIGIBILITY: "It was proposed, and a verifier looks at it",
    Stage.APPROVAL: "The registers and the rules were asked, and it waits to be approved",
    Stage.AGREEMENT: "Everybody has approved who must",
    Stage.ACTIVE: "The agreement is signed",
    Stage.CLOSED: "Everything agreed was done, and it is closed",
    Stage.DECLINED: "It was declined",
    Stage.WITHDRAWN: "It was withdrawn",
    Stage.TERMINATED: "It was ended early",
}
"""By stage: what happened, for who comes too late."""

IDLE: Final[Mapping[type[c.StaffCommand], tuple[Callable[[Partnership], bool], str]]] = {
    c.Approve: (
        lambda it: (
            it.assessment is not None and bool(it.missing_approvals or it.to_renew or it.stage is Stage.ELIGIBILITY)
        ),
        "Nobody's approval is wanted now.",
    ),
    c.ClearQuestions: (lambda it: bool(it.asked), "The registers ask nothing now."),
    c.Satisfy: (lambda it: bool(papers_to_file(it)), "No papers are asked for now."),
    c.AcceptReport: (_has_unread_report, "No report waits to be read."),
    c.ReturnReport: (_has_unread_report, "No report waits to be read."),
    c.ConfirmRefund: (_has_unconfirmed_refund, "No refund waits to be confirmed."),
    c.WithdrawRefund: (_has_unconfirmed_refund, "No refund waits to be confirmed."),
    c.LiftHold: (lambda it: bool(it.holds), "Nothing is on hold."),
    c.CancelPayment: (lambda it: bool(it.in_flight), "No payment is on its way that could be taken back."),
    c.AgreeRest: (
        lambda it: any(tranche.has_remainder for tranche in it.tranches),
        "No payment was paid in part, so there is no rest.",
    ),
    c.GiveUpRest: (
        lambda it: any(tranche.has_remainder for tranche in it.tranches),
        "No payment was paid in part, so there is no rest.",
    ),
    c.WaiveRecovery: (lambda it: bool(it.overpaid_open), "Nothing was paid beyond the plan that is open."),
    c.RecallPayment: (
        lambda it: any(tranche.state in LEFT_STATES for tranche in it.tranches),
        "No payment left that could come back.",
    ),
    c.AnswerRecall: (lambda it: bool(it.recalls), "No recall waits for an answer."),
    c.ExtendDeadline: (lambda it: it.deadline is not None, "Nobody is waited for, so there is no deadline to extend."),
    c.EndLeg: (
        lambda it: len(set(it.proposed.directions) - {*it.ended_legs}) > 1,
        "It has one part only: decline it, or end it early.",
    ),
    c.Terminate: (
        lambda it: it.is_agreed or it.has_paid or it.stage is Stage.AGREEMENT,
        "Nothing is agreed yet: it can be declined, or its proposer can withdraw it.",
    ),
    c.Reopen: (lambda it: bool(it.came_back_since), "No payment of it came back, so there is nothing to pay again."),
    c.RecordAssurance: (lambda it: bool(it.responsibility.diverted), "No money was reported as diverted."),
    c.Report: (
        lambda it: it.proposed.funds_out is None or it.has_paid,
        "Nothing was paid yet that could be reported on.",
    ),
    c.ReportDiversion: (lambda it: it.has_paid, "Nothing was paid, so nothing was diverted."),
    c.ReportSubrecipients: (
        lambda it: it.proposed.funds_out is not None,
        "No money goes out that the payee could pass on.",
    ),
    c.RecordRefund: (
        lambda it: it.has_paid or bool(it.came_back) or it.proposed.funds_in is not None,
        "No money moved that could come back.",
    ),
}
"""By act: whether there is anything that it could be about, and what is said where there is not."""
