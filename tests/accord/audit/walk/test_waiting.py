"""The check before a payment asks by itself what it waits for: a barrier, and a period that is over (rules 4.11)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.partnership import events as e
from domain.partnership.proposal.amendment import changes_between
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from tests.accord.audit.story import (
    FINANCE,
    PROGRAMME,
    Step,
    Story,
    approves,
    both,
    made,
    proposed,
    releases,
    says,
    tell,
)
from tests.builders import DIGEST, funding, funds_out, money

BARRIER = "The county council has matched the grant"
OVER = {"starts": "2025-01-01", "ends": "2025-12-31"}
LONGER = {"starts": "2025-01-01", "ends": "2999-12-31"}
HOLDING = [{"number": 1, "kind": "PROGRESS", "due_on": "2999-01-31", "holds": [1]}]
_NO_FIGURES = {"planned": 1, "document_sha256": None, "report_kind": ReportKind.PROGRESS}
FILED = says(e.ReportReceived, "pia.berg", summary="Eleven villages read", **_NO_FIGURES)
ACCEPTED = says(e.ReportAccepted, "ana.silva", report=1, reason="seen on site")


def met(actor: str = "vera.lind", paper: str | None = DIGEST) -> Step:
    return says(e.ConditionMet, actor, condition=ConditionId.BARRIER_MET, note="resolution", document_sha256=paper)


def barred(*held: int) -> Step:
    leg = funds_out("600.00", "400.00", barrier=BARRIER, barrier_holds=held)
    return proposed(funds_out=leg)


def extended(story: Story) -> Any:
    before, after = story.state.proposed, made(period=LONGER)
    content = {"proposal": after, "funding": funding(), "reason": "floods", "changes": changes_between(before, after)}
    return story.says(e.ProposalAmended, "pia.berg", quorum=(PROGRAMME, FINANCE), **content)


def first_or_second(tranche: int) -> dict[str, Any]:
    return {"tranche": tranche, "money": money("600.00" if tranche == 1 else "400.00")}


async def test_an_unmet_barrier_stops_what_it_names_whoever_released_it(story: Story) -> None:
    """Given releases of both tranches that nobody refused, when the check is asked, then only the first leaves."""
    release = both(releases(sum_="600.00"), releases(sum_="400.00", tranche=2))
    await tell(story, proposed=barred(2), released=release)
    await story.let_through(**first_or_second(1))
    await story.stopped("not on file: BARRIER_MET", **first_or_second(2))


@pytest.mark.parametrize(
    ("filed", "fault"),
    [
        (met(paper=None), "not on file: BARRIER_MET"),
        (met("femi.ade"), "femi.ade could not act as VERIFIER"),
    ],
    ids=["without its paper", "by finance"],
)
async def test_a_barrier_is_met_by_a_verifiers_paper_alone(story: Story, filed: Step, fault: str) -> None:
    await tell(story, proposed=barred(), released=both(filed, releases(sum_="600.00")))
    await story.stopped(fault, **first_or_second(1))


async def test_a_barrier_that_was_met_since_the_release_stops_nothing(story: Story) -> None:
    await tell(story, proposed=barred(), released=both(releases(sum_="600.00"), met()))
    await story.let_through(**first_or_second(1))


async def test_a_period_that_is_over_stops_what_pays_ahead(story: Story) -> None:
    await tell(story, proposed=proposed(period=OVER))
    await story.stopped("its period ended on 2025-12-31, and no accepted report releases tranche 1")


async def test_an_accepted_report_releases_what_waited_for_it(story: Story) -> None:
    planned = proposed(period=OVER, reports=HOLDING)
    await tell(story, proposed=planned, released=both(FILED, ACCEPTED, releases()))
    await story.let_through()


async def test_a_report_that_holds_another_tranche_releases_nothing_here(story: Story) -> None:
    plan = [{**HOLDING[0], "holds": [2]}]
    planned = proposed(funds_out=funds_out("600.00", "400.00"), period=OVER, reports=plan)
    await tell(story, proposed=planned, released=both(FILED, ACCEPTED, releases(sum_="600.00")))
    await story.stopped("its period ended on 2025-12-31", **first_or_second(1))


async def test_a_period_that_was_extended_and_approved_again_stops_nothing(story: Story) -> None:
    again = both(extended, approves("ana.silva", PROGRAMME))
    await tell(story, proposed=proposed(period=OVER), released=both(again, releases()))
    await story.let_through()
