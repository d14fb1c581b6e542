"""The audit measures reports by the agreed budget itself: an acceptance beyond it holds back what it held."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from accord.audit.walk.reports import accept, agree_on_budget, receive
from accord.audit.walk.walk import StandingApproval, Walk
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.partnership.report.reports import ReportState
from domain.plans import ReportKind
from tests.budgets import budgeted, spent
from tests.builders import NOON, proposal

QUORUM = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER)


def approved(*roles: Role) -> Walk:
    """An active grant with a budget, approved by these roles."""
    walk = Walk(proposal=proposal(**budgeted()), active=True, quorum=QUORUM)
    walk.approvals = [StandingApproval(role.lower(), role, "", None) for role in roles]  # type: ignore[arg-type]
    agree_on_budget(walk)
    return walk


def reported(walk: Walk, *sums: str, **more: str) -> None:
    figures: Any = {"currency": "USD", "spent": "1000.00", "lines": spent(*sums), **more}
    at: datetime = NOON
    receive(
        walk,
        e.ReportReceived(
            at=at, actor="pia.berg", summary="Eleven courses", document_sha256=None,
            report_kind=ReportKind.FINANCIAL, figures=figures,
        ),
    )  # fmt: skip


def accepted(walk: Walk, **more: Any) -> ReportState:
    accept(walk, e.ReportAccepted(at=NOON, actor="ana.silva", report=1, reason="It agrees", **more))
    return walk.reporting.filed[0].state


def test_a_budget_is_agreed_once_everybody_approved_it() -> None:
    assert approved(*QUORUM).reporting.budget is not None
    assert approved(Role.FINANCE_APPROVER).reporting.budget is None


@pytest.mark.parametrize(
    ("disallowed", "state"),
    [
        ((), ReportState.RECEIVED),
        (({"category": "Travel", "amount": "19.99"},), ReportState.RECEIVED),
        (({"category": "Travel", "amount": "20.00"},), ReportState.ACCEPTED),
    ],
)
def test_an_acceptance_beyond_the_share_counts_only_with_its_excess_named(disallowed: Any, state: ReportState) -> None:
    walk = approved(*QUORUM)
    reported(walk, "550.00", "350.00", "100.00")
    assert accepted(walk, disallowed=disallowed) is state


def test_an_acceptance_within_the_share_counts() -> None:
    walk = approved(*QUORUM)
    reported(walk, "600.00", "300.00", "100.00")
    assert accepted(walk) is ReportState.ACCEPTED


def test_an_acceptance_that_leaves_open_what_did_not_arrive_counts_for_nothing() -> None:
    walk = approved(*QUORUM)
    reported(walk, "600.00", "300.00", "90.00", not_arrived="10.00")
    assert accepted(walk) is ReportState.RECEIVED
    assert accepted(walk, shortfall="A bank took it on the way") is ReportState.ACCEPTED
