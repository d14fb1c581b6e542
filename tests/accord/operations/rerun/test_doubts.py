"""Doubt: several legs, amendments, partnerships of before, events that nobody can read, and names that were erased."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from accord.audit.replays import RecordedFacts
from accord.client.desk import Desk
from accord.operations.rerun.judging import DraftJudge
from accord.operations.rerun.reading import DecisionOnRecord, LookedAt
from accord.operations.rerun.running import RerunDays, run_again
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.proposal.amendment import changes_between
from domain.partnership.state import Partnership
from domain.policy.rulebook import RULE_BOOK, assess
from domain.rerun.draft import released
from domain.rerun.report import RerunKind
from domain.rerun.verdicts import RerunVerdict
from domain.streams import StreamId
from ledger import AppendRequest, NewEvent, StoredEvent
from records.codec import to_ledger
from records.keys.keyring import Keyring
from tests.accord.operations.rerun.records import APPROVERS, AT, QUORUM, PastCase
from tests.accord.operations.rerun.test_running import named
from tests.builders import funding, funds_in, funds_out, party, proposal, status, verification
from tests.domain.recorded.test_events import EXAMPLES
from tests.domain.rerun.drafts import AT_MOST_500, draft, rule

YEAR = RerunDays(date(2025, 1, 1), date(2025, 12, 31))


async def test_each_leg_and_each_amendment_is_judged_by_itself_and_the_rest_is_counted(
    staffed_pool: asyncpg.Pool, keyring: Keyring
) -> None:
    """Given a draft that limits grants and refuses gifts, then a payment beside a gift goes on, an amended sum waits,
    a claim of before is counted, and what follows an unreadable event is not run.
    """
    desk = Desk(staffed_pool, keyring)
    legs, amended, cut = PastCase(desk), PastCase(desk), PastCase(desk)
    donor = party("Upland Reading Trust", ein="001000002")
    await legs.approved("400.00", funds_in=funds_in("5000.00", donor=donor))
    await legs.released("400.00")
    await amended.approved("400.00")
    await amend(amended, "1000.00")
    await cut.approved("400.00")
    await broken(cut)
    await cut.desk.ledger.append(imported())
    little = {"fact": "funds_in.money.amount", "must": "be at most", "value": "1"}
    gift = rule(little, "FAIL", rule="DRAFT-GIFT", legs=["FUNDS_IN"])
    report = await run_again(desk.reader, draft(rule(AT_MOST_500), gift), YEAR)
    assert named(report) == [
        (legs.reference, RerunKind.APPROVAL, RerunVerdict.REFUSED),
        (amended.reference, RerunKind.APPROVAL, RerunVerdict.WAITED),
    ]
    assert (report.decisions, report.beside.imported, report.beside.cut_short) == (5, 1, (cut.reference,))


async def amend(case: PastCase, amount: str) -> None:
    """Record an amendment of the sum, and the approvals that it needs anew."""
    after = proposal(case.reference, funds_out=funds_out(amount))
    changes = changes_between(case.state.proposed, after)
    content = {"proposal": after, "funding": funding(), "reason": "more villages", "quorum": QUORUM}
    await case.says(e.ProposalAmended, "pia.berg", at=AT, changes=changes, **content)
    for actor, role in zip(APPROVERS, QUORUM, strict=True):
        await case.says(e.ApprovalGiven, actor, at=AT, role=role, reason="good work", quorum=QUORUM)


async def broken(case: PastCase) -> None:
    """Append an event that no release can read."""
    event = NewEvent.of("PartnershipClosed", 1, {"event_type": "PartnershipClosed", "at": "never"}, {}, [])
    request = AppendRequest(StreamId.partnership(case.reference), uuid4(), case.state.version, (event,))
    assert (await case.desk.ledger.append(request)).recorded


def imported() -> AppendRequest:
    """Return the append of a claim of before."""
    event = next(one for one in EXAMPLES if one.event_type == "PartnershipImported")
    command = uuid4()
    return AppendRequest(StreamId.imported("P-2026-5001"), command, 0, to_ledger((event,), ACCORD, command))


def on_record(proposed: Any, written: Any) -> DecisionOnRecord:
    """Return an approval of a proposal as it reads now, which was assessed as it was written, by somebody erased."""
    assessment = assess(written, funding(), verification(status()))
    facts = RecordedFacts(proposed, funding(), verification(status()), (), erased=True)
    event = StoredEvent(*(7 if name == "position" else None for name in StoredEvent._fields))  # type: ignore[arg-type]
    given = e.ApprovalGiven(at=AT, actor="ana.silva", role=QUORUM[0], reason="good work")
    state = Partnership(partnership_id=proposed.reference)
    looked = LookedAt(facts, assessment)
    return DecisionOnRecord(proposed.reference, event, given, RerunKind.APPROVAL, facts, looked, None, None, state)


@pytest.mark.parametrize(
    ("title", "verdict"),
    [("Somebody erased", RerunVerdict.SAME), ("Campaign for the election of a candidate", RerunVerdict.NOT_RUN)],
)
def test_under_an_erased_name_findings_are_compared_and_what_they_do_not_give_again_is_not_run(
    title: str, verdict: RerunVerdict
) -> None:
    """Given an assessment of a title that reads otherwise now, then it is run only if its findings are given again."""
    written = proposal(title="Digital skills")
    judged = DraftJudge(released(RULE_BOOK.version)).verdict_on(on_record(proposal(title=title), written))
    assert (judged.verdict, judged.erased) == (verdict, True)
    assert judged.why.endswith("erased") is (verdict is RerunVerdict.NOT_RUN)
