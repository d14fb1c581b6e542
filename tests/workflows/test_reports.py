"""Reports have days, and people to accept them. Debts outlive the end (R41, rules 3.9, issue of a life)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.payment.bank_answers import BankStatus
from domain.plans import ReportKind
from domain.proposal import Proposal
from tests.builders import funds_out, party, proposal
from tests.histories import examine
from tests.lives import BACK, Life
from tests.waiting import until

NewReference = Callable[[], str]


def days(number: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=number)).isoformat()


def planned(reference: str, due: str) -> Proposal:
    """Two tranches, of which the second waits for a report that is due on a day."""
    reports = [{"number": 1, "kind": "PROGRESS", "due_on": due, "holds": [2]}]
    return proposal(reference, funds_out=funds_out("600.00", "400.00"), reports=reports)


async def refused(life: Life, kind: type[c.StaffCommand], actor: str, **content: Any) -> str:
    with pytest.raises(Refused) as refusal:
        await life.do(kind, actor, **content)
    return str(refusal.value)


async def report(life: Life, **more: Any) -> None:
    said = {"report_kind": ReportKind.PROGRESS, "planned": 1, **more}
    await life.do(c.Report, "pia.berg", summary="Eleven courses were held", **said)


async def paid_yesterday(life: Life, proposal: Proposal) -> None:
    """The first payment settled, as the bank dates it, on the day before: no report is late for it (rules 3.9)."""
    attempt = await life.released(proposal)
    await life.bank_says(attempt, BankStatus.SETTLED, said_at=datetime.now(UTC) - timedelta(days=1))
    await life.until_tranche(TrancheState.SETTLED)


@pytest.mark.slow
async def test_a_report_a_day_late_is_returned_once_and_accepted(life: Life) -> None:
    """A payment that waits for it is not made meanwhile, and its filer does not accept it."""
    await paid_yesterday(life, planned(life.reference, days(30)))
    await life.do(c.Amend, "pia.berg", proposal=planned(life.reference, days(-1)), reason="it is due already")
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="a report is a report")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="it waits")
    late = await refused(life, c.Release, "paul.nkosi", tranche=2)
    assert f"report 1 (PROGRESS) was due on {days(-1)}" in late

    await report(life)
    assert "waits until report 1 is accepted" in await refused(life, c.Release, "paul.nkosi", tranche=2)
    own = await refused(life, c.AcceptReport, "pia.berg", report=1, reason="it is mine")
    assert "pia.berg" in own
    await life.do(c.ReturnReport, "ana.silva", report=1, reason="it lacks the second course")
    assert "was due on" in await refused(life, c.Release, "paul.nkosi", tranche=2)

    await report(life)
    await life.do(c.AcceptReport, "ana.silva", report=2, reason="now it is whole")
    states = [one.state for one in (await life.state()).reporting.filed]
    assert states == [ReportState.RETURNED, ReportState.ACCEPTED]
    await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.instructed(2)
    await examine(life)


@pytest.mark.slow
async def test_a_payment_that_was_released_before_its_report_was_overdue_does_not_leave(life: Life) -> None:
    """The check before the file asks the plan of today, not that of the release."""
    await paid_yesterday(life, planned(life.reference, days(30)))
    await report(life)
    await life.do(c.AcceptReport, "ana.silva", report=1, reason="it agrees")
    await life.do(c.Release, "paul.nkosi", tranche=2)
    await life.instructed(2)
    more = [
        {"number": 1, "kind": "PROGRESS", "due_on": days(30), "holds": [2]},
        {"number": 2, "kind": "FINANCIAL", "due_on": days(-1)},
    ]
    late = planned(life.reference, days(30)).model_copy(update={"reports": ()})
    late = Proposal.model_validate({**late.model_dump(mode="json", exclude={"reports"}), "reports": more})
    await life.do(c.Amend, "pia.berg", proposal=late, reason="another report is due")
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    with pytest.raises(AssertionError, match="report 2 \\(FINANCIAL\\) was due"):
        await life.file()


async def closed(life: Life, **more: Any) -> Partnership:
    await life.paid(proposal(life.reference, **more))
    await life.reported()
    return await life.until_stage(Stage.CLOSED)


async def runs_now(life: Life) -> bool:
    return (await life.handle.describe()).status is WorkflowExecutionStatus.RUNNING


@pytest.mark.slow
async def test_a_diversion_found_after_the_end_reopens_what_it_must_and_stops_the_grantees_other_grants(
    life: Life, desk: Desk, new_reference: NewReference
) -> None:
    payee = party("Lakeside School of Networking", ein="001000002")
    await closed(life, partner=payee, funds_out=funds_out(payee=payee))
    other = Life(desk, new_reference())
    await other.signed(proposal(other.reference, partner=payee, funds_out=funds_out("500.00", payee=payee)))

    await life.do(c.ReportDiversion, "otto.audit", what="a car was bought, says the auditor")
    known = await life.state()
    assert (known.stage, known.responsibility.diverted) == (Stage.CLOSED, "a car was bought, says the auditor")
    assert known.hold is None
    assert await runs_now(life)
    held = await other.until(lambda now: now.hold is not None)
    assert f"no assurances are on record ({life.reference})" in (held.hold.reason if held.hold else "")
    await other.do(c.LiftHold, "femi.ade", reason="we will see")
    still = await refused(other, c.Release, "paul.nkosi", tranche=1)
    assert f"no assurances are on record ({life.reference})" in still

    await life.do(c.RecordAssurance, "vera.lind", what="the car was sold and the money is back", **BACK)
    await until(lambda: _ended(life))
    assert (await life.state()).stage is Stage.CLOSED
    await other.until(lambda now: now.verification is not None)
    await other.do(c.Release, "paul.nkosi", tranche=1)
    await other.instructed()
    await examine(life)


async def _ended(life: Life) -> bool:
    return not await runs_now(life)


@pytest.mark.slow
async def test_a_refund_and_a_corrected_report_are_recorded_after_the_end(life: Life) -> None:
    await closed(life)
    booked = datetime.now(UTC).date()
    money = {"amount": "150.00", "currency": "USD"}
    said = {"direction": RefundDirection.FROM_GRANTEE, "money": money, "booked_on": booked, "reason": "not spent"}
    await life.do(c.RecordRefund, "femi.ade", bank_reference="NTRF-9", **said)
    again = await refused(life, c.RecordRefund, "femi.ade", bank_reference="NTRF-9", **said)
    assert "NTRF-9 is on record already" in again
    await life.do(c.ConfirmRefund, "dora.kim", bank_reference="NTRF-9", reason="on the statement of that day")

    right = {"currency": "USD", "spent": "850.00", "returned": "150.00"}
    await report(life, report_kind=ReportKind.FINAL, planned=None, figures=right, corrects=1)
    assert await runs_now(life), "somebody has to accept it"
    await life.do(c.AcceptReport, "ana.silva", report=2, reason="it agrees with the bank")
    await until(lambda: _ended(life))
    known = await life.state()
    assert (known.stage, known.unspent, known.settled_sum) == (Stage.CLOSED, 0, 1000)
    assert [one.state for one in known.reporting.filed] == [ReportState.CORRECTED, ReportState.ACCEPTED]
    assert [one.state for one in known.tranches] == [TrancheState.SETTLED]
    await examine(life)


@pytest.mark.slow
async def test_what_does_not_outlive_the_end_is_refused_and_starts_nothing(life: Life) -> None:
    await closed(life)
    assert f"{life.reference} is CLOSED" in await refused(life, c.PlaceHold, "vera.lind", reason="too late")
    assert "has its final report already" in await refused(
        life, c.Report, "pia.berg", summary="Once more", report_kind=ReportKind.PROGRESS
    )
    assert not await runs_now(life)
