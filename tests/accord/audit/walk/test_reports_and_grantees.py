"""A payment waits for the reports of its own plan, and for its grantee's debts elsewhere (R41, rules 2.6, 3.9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.directory.people import KeyRevoked
from domain.directory.tiers import Role
from domain.partnership import events as e
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.streams import StreamId
from tests.accord.audit.story import (
    FINANCE,
    PROGRAMME,
    Step,
    Story,
    approves,
    both,
    interested,
    made,
    proposed,
    releases,
    says,
    tell,
)
from tests.builders import funding, funds_out, money, party, proposal
from tests.governing import decree, hire

PROGRESS = {"summary": "Eleven courses", "document_sha256": None, "report_kind": ReportKind.PROGRESS, "planned": 1}


def day(number: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=number)).isoformat()


def plan(due: int, *holds: int) -> dict[str, Any]:
    return {"reports": [{"number": 1, "kind": "PROGRESS", "due_on": day(due), "holds": list(holds)}]}


def received(actor: str = "pia.berg") -> Step:
    return says(e.ReportReceived, actor, **PROGRESS)


def judged(kind: type[e.PartnershipEvent], actor: str) -> Step:
    return says(kind, actor, report=1, reason="it was read")


accepted, returned = judged(e.ReportAccepted, "rosa.lund"), judged(e.ReportReturned, "rosa.lund")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        pytest.param((), "waits until report 1 is accepted", id="no report"),
        pytest.param((received(),), "waits until report 1 is accepted", id="a report that nobody accepted"),
        pytest.param((received(), returned), "waits until report 1 is accepted", id="one that was returned"),
        pytest.param(
            (received(), judged(e.ReportAccepted, "pia.berg")),
            "pia.berg could not act as",
            id="accepted by who may not",
        ),
        pytest.param(
            (received("vera.lind"), judged(e.ReportAccepted, "vera.lind")),
            "vera.lind accepted report 1 and has another part in it",
            id="accepted by who filed it",
        ),
        pytest.param((received(), accepted), "", id="accepted by another person"),
    ],
)
async def test_a_tranche_waits_until_somebody_else_accepted_its_report(
    story: Story, steps: tuple[Step, ...], fault: str
) -> None:
    await tell(story, proposed=proposed(**plan(30, 1)), released=both(*steps, releases()))
    await (story.stopped(fault) if fault else story.let_through())


def first_paid(days_ago: int) -> Step:
    """The first tranche is released, and settled some days ago."""

    async def settled(story: Story) -> None:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        await story.write(e.TrancheEnded(at=at, tranche=1, attempt=1, outcome=TrancheOutcome.SETTLED, reason=""))

    return both(releases(sum_="600.00"), settled)


SECOND: dict[str, Any] = {"tranche": 2, "money": money("400.00")}
"""The payment of the second tranche, which waits for no report."""


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("due", "paid_ago", "fault"),
    [
        pytest.param(-1, 9, "report 1 (PROGRESS) was due on", id="it was due yesterday"),
        pytest.param(0, 9, "", id="on its day it is not overdue"),
        pytest.param(-9, 9, "report 1 (PROGRESS) was due on", id="its day is that of the first payment"),
        pytest.param(-10, 9, "", id="its day had come before the first payment"),
        pytest.param(-40, 31, f"report 1 (PROGRESS) was due on {day(-1)}", id="thirty days after the first payment"),
    ],
)
async def test_an_overdue_report_stops_a_payment_whatever_waits_for_it(
    story: Story, due: int, paid_ago: int, fault: str
) -> None:
    """A report due before anything was paid has thirty days after the first payment (rules 3.9)."""
    begun = both(first_paid(paid_ago), releases(tranche=2, sum_="400.00"))
    await tell(story, proposed=proposed("600.00", "400.00", **plan(due)), released=begun)
    await (story.stopped(fault, **SECOND) if fault else story.let_through(**SECOND))


async def test_an_overdue_report_stops_no_first_payment_which_it_would_report_on(story: Story) -> None:
    await tell(story, proposed=proposed(**plan(-1)))
    await story.let_through()


@pytest.mark.slow
async def test_what_was_released_and_becomes_overdue_by_an_amendment_does_not_leave(story: Story) -> None:
    """The plan is asked as it is now. Approvals are given anew."""
    begun = both(first_paid(9), releases(tranche=2, sum_="400.00"))
    await tell(story, proposed=proposed("600.00", "400.00", **plan(30)), released=begun)
    late = made("600.00", "400.00", **plan(-1))
    await story.says(
        e.ProposalAmended, "pia.berg", proposal=late, funding=funding(), reason="it is due", changes=("REPORT",)
    )
    for step in (approves("ana.silva", PROGRAMME), approves("femi.ade", FINANCE)):
        await step(story)
    await story.stopped("report 1 (PROGRESS) was due on", **SECOND)


async def test_a_tranche_is_not_paid_before_its_day(story: Story) -> None:
    leg = funds_out("1000.00")
    leg["tranches"][0]["due_on"] = day(2)
    await tell(story, proposed=proposed(funds_out=leg))
    await story.stopped(f"tranche 1 is planned for {day(2)}")


# What the grantee owes elsewhere


async def elsewhere(story: Story, *steps: Step, **leg: Any) -> Story:
    """Another partnership, in which a payment to the same payee was released."""
    other = Story(story.desk, story.registers, "P-2026-0041")
    content = proposal(other.reference, funds_out=funds_out("50.00", **{"purpose": "A reading room", **leg}))
    await other.says(e.PartnershipProposed, "pia.berg", proposal=content, funding=funding())
    for step in (releases(sum_="50.00"), *steps):
        await step(other)
    return other


DIVERTED = says(e.DiversionReported, "otto.audit", what="a car was bought")
SOLD = {"what": "the car is sold", "document_sha256": None, "diverted": money("100.00")}
ASSURED = says(e.AssuranceRecorded, "vera.lind", **SOLD)
ENDED = says(e.PartnershipTerminated, "dora.kim", reason="they dissolved")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("steps", "leg", "stopped"),
    [
        pytest.param((DIVERTED,), {}, True, id="a diversion"),
        pytest.param((ENDED, DIVERTED), {}, True, id="a diversion found after the end"),
        pytest.param((DIVERTED, ASSURED), {}, False, id="a diversion with assurances"),
        pytest.param((DIVERTED,), {"payee": party("Readers", ein="001000002")}, False, id="another payee's"),
        pytest.param((), {}, False, id="nothing"),
    ],
)
async def test_a_diversion_stops_every_payment_to_the_grantee(
    story: Story, steps: tuple[Step, ...], leg: dict[str, Any], stopped: bool
) -> None:
    """This holds too if it is found after the release, and no worker has told anybody."""
    await tell(story)
    await elsewhere(story, *steps, **leg)
    if stopped:
        await story.stopped("nothing is paid to this grantee: money was diverted", money=money("1000.00"))
    else:
        await story.let_through(money=money("1000.00"))


async def test_the_verdict_rests_on_the_grantees_other_streams(story: Story) -> None:
    """A diversion recorded between the check and the hand-over is seen: the streams are compared under the lock."""
    await tell(story)
    other = await elsewhere(story)
    found = await story.asked_for(money=money("1000.00"))
    assert (found.reason, found.heads[StreamId.partnership(other.reference)]) == (None, 2)


# Who judged a report, and what became of them


async def test_a_report_accepted_by_somebody_with_an_interest_waits_for_somebody_else(story: Story) -> None:
    judges = both(received(), accepted, releases(), interested("rosa.lund"))
    await tell(story, proposed=proposed(**plan(30, 1)), released=judges)
    await story.stopped("waits until report 1 is accepted")
    await judged(e.ReportAccepted, "dora.kim")(story)
    await story.let_through()


async def test_a_report_filed_with_a_key_in_other_hands_keeps_its_number(story: Story) -> None:
    """The report accepted later is the one that was shown under its number."""
    await hire(story.desk, "nils.other", Role.PROPOSER)
    await tell(story, proposed=proposed(**plan(30, 1)), released=both(received("nils.other"), received()))
    key_id, since = story.desk.keyring.public("nils.other").key_id, datetime.now(UTC) - timedelta(hours=1)
    await decree(story.desk, KeyRevoked(staff_id="nils.other", key_id=key_id, compromised_since=since))
    await says(e.ReportAccepted, "rosa.lund", report=2, reason="it was read")(story)
    await releases()(story)
    await story.let_through()


BACK = {**SOLD, "restored": money("200.00"), "bank_reference": "NTRF-9", "precautions": "two sign each payment"}
AGAIN = both(DIVERTED, ASSURED, DIVERTED)


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("answer", "stopped"),
    [
        (says(e.AssuranceRecorded, "vera.lind", **SOLD), True),
        (says(e.AssuranceRecorded, "vera.lind", **BACK), True),
        (says(e.AssuranceRecorded, "dora.kim", **{**BACK, "precautions": None}), True),
        (says(e.AssuranceRecorded, "dora.kim", **{**BACK, "restored": money("199.00")}), True),
        (says(e.AssuranceRecorded, "dora.kim", **BACK), False),
    ],
    ids=["words", "a verifier", "no precautions", "not all is back", "a director, with all"],
)
async def test_a_second_diversion_is_answered_in_full_or_not_at_all(story: Story, answer: Step, stopped: bool) -> None:
    """Given assurances that nobody refused, when the check is asked, then it counts them by itself."""
    await tell(story, released=both(AGAIN, answer, releases()))
    if stopped:
        await story.stopped("money was diverted")
    else:
        await story.let_through()


async def test_assurances_that_leave_the_sum_unsaid_answer_nothing(story: Story) -> None:
    unsaid = says(e.AssuranceRecorded, "vera.lind", what="they are sorry", document_sha256=None)
    await tell(story, released=both(DIVERTED, unsaid, releases()))
    await story.stopped("money was diverted")
