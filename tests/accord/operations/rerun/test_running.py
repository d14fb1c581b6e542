"""A draft is run over what the ledger holds: the decisions of the days, and beside them what nobody can judge."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.operations.rerun.running import RerunDays, run_again
from domain.partnership import events as e
from domain.policy.rulebook import RULE_BOOK
from domain.rerun.draft import EditionDraft, released
from domain.rerun.report import RerunKind, RerunReport
from domain.rerun.verdicts import RerunVerdict
from records.keys.keyring import Keyring
from tests.accord.operations.rerun.records import AT, PastCase
from tests.builders import company, funds_out, money
from tests.domain.rerun.drafts import AT_MOST_500, draft, rule

YEAR = RerunDays(date(2025, 1, 1), date(2025, 12, 31))


@pytest.fixture
async def desk(staffed_pool: asyncpg.Pool, keyring: Keyring) -> Desk:
    """An organisation of the test's own."""
    return Desk(staffed_pool, keyring)


async def run(desk: Desk, edition: EditionDraft, days: RerunDays = YEAR) -> RerunReport:
    return await run_again(desk.reader, edition, days)


def named(report: RerunReport) -> list[tuple[str, RerunKind, RerunVerdict]]:
    return [(one.partnership, one.kind, one.verdict) for one in report.otherwise]


PROGRAMME = {"fact": "funds_out.programme", "must": "be one of", "values": ["Schools"]}
SMALL = {"fact": "sum.amount", "must": "be at most", "value": "300"}
STRICTER = (rule(AT_MOST_500), rule(PROGRAMME, rule="DRAFT-PROGRAMME", when=[SMALL]))


async def test_each_decision_of_the_year_is_run_and_those_that_differ_are_named(desk: Desk) -> None:
    """Given a small grant, a large one that was paid, a refused company, one without a programme, and a person's no.

    When a draft limits grants, lets companies through and asks the programme of small ones, then each has its verdict,
    and nothing is recorded.
    """
    small, large, refused, unknown, other = (PastCase(desk) for _ in range(5))
    await small.approved("400.00")
    await large.approved("1000.00")
    await large.released("1000.00")
    payee = company()
    await refused.refused(partner=payee, funds_out=funds_out(payee=payee))
    await unknown.approved("300.00")
    await other.assessed()
    await other.says(e.PartnershipDeclined, "ana.silva", at=AT, reason="not our purpose")
    head = await desk.ledger.head()
    gone = [{"rule": name, "source": "Invented Act, section 2"} for name in ("ELIG-NONPROFIT", "ELIG-PATH")]
    report = await run(desk, draft(*STRICTER, removed=gone))
    assert named(report) == [
        (large.reference, RerunKind.APPROVAL, RerunVerdict.WAITED),
        (large.reference, RerunKind.RELEASE, RerunVerdict.WAITED),
        (refused.reference, RerunKind.REFUSAL, RerunVerdict.ALLOWED),
        (unknown.reference, RerunKind.APPROVAL, RerunVerdict.UNKNOWN),
    ]
    unknown_facts = [(one.fact, one.rule, one.decisions) for one in report.unknown]
    assert unknown_facts == [("funds_out.programme", "DRAFT-PROGRAMME", 1)]
    assert (report.decisions, report.beside.refused_by_people, report.position) == (5, 1, head)
    assert [group.group for group in report.countries] == ["US"]
    [line] = [one for one in report.verdicts if (one.kind, one.verdict) == (RerunKind.RELEASE, RerunVerdict.WAITED)]
    assert (line.decisions, [str(one) for one in line.sums]) == (1, ["USD 1,000.00"])
    assert await desk.ledger.head() == head


async def test_the_edition_in_force_changes_nothing_and_gives_the_same_bytes_twice(desk: Desk) -> None:
    """Given an approval, a payment and a refusal, when their own edition is run, then all is the same, to the byte."""
    paid, refused = PastCase(desk), PastCase(desk)
    await paid.approved()
    await paid.released()
    payee = company()
    await refused.refused(partner=payee, funds_out=funds_out(payee=payee))
    first, second = await run(desk, released(RULE_BOOK.version)), await run(desk, released(RULE_BOOK.version))
    assert (first.otherwise, first.decisions) == ((), 3)
    assert first.content == second.content
    assert (
        await run(desk, released(RULE_BOOK.version), RerunDays(date(2024, 1, 1), date(2024, 12, 31)))
    ).decisions == 0


async def test_a_decision_is_of_its_day_in_utc_by_whatever_clock_it_was_signed(desk: Desk) -> None:
    """Given a release on New Year's morning by a clock five hours ahead, then it is of the year before."""
    case, at = PastCase(desk), datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=5)))
    await case.approved("1000.00")
    await case.says(
        e.TrancheReleased, "paul.nkosi", at=at, tranche=1, attempt=1, money=money("1000.00"), attempt_signed=True
    )
    report = await run(desk, draft(rule(AT_MOST_500)))
    days = [(decision.kind, decision.day) for decision in report.otherwise]
    assert days == [(RerunKind.APPROVAL, AT.date()), (RerunKind.RELEASE, date(2025, 12, 31))]


async def test_more_approvers_are_named_by_their_roles(desk: Desk) -> None:
    """Given an approval by two, when the draft's tiers ask a director above 500 dollars, then it would have waited."""
    case, small = PastCase(desk), PastCase(desk)
    await case.approved("1000.00")
    await small.approved("500.00")
    two = ["PROGRAMME_APPROVER", "FINANCE_APPROVER"]
    tiers = [{"currency": "USD", "up_to": "500.00", "quorum": two}, {"currency": "USD", "quorum": [*two, "DIRECTOR"]}]
    report = await run(desk, draft(approval={"tiers": tiers, "source": "Invented Act, section 9"}))
    assert named(report) == [(case.reference, RerunKind.APPROVAL, RerunVerdict.WAITED)]
    [difference] = report.otherwise[0].differences
    assert (difference.rule, difference.approvers) == ("APPROVAL-TIERS", ("DIRECTOR",))


async def test_what_cannot_be_decided_again_is_counted_and_named(desk: Desk) -> None:
    """Given a decision whose bytes are not its edition's, and one of an older edition, then neither is guessed."""
    forged, older = PastCase(desk), PastCase(desk)
    await older.approved(edition="2026.5")
    await forged.approved(tamper=lambda found: found.model_copy(update={"findings": found.findings[1:]}))
    report = await run(desk, released(RULE_BOOK.version))
    assert named(report) == [
        (older.reference, RerunKind.APPROVAL, RerunVerdict.UNKNOWN),
        (forged.reference, RerunKind.APPROVAL, RerunVerdict.NOT_RUN),
    ]
    assert (
        report.otherwise[1].why == "its own edition 2026.6 does not give it again: its bytes are not what is recorded"
    )
    assert "public_offices_asked" in {one.fact for one in report.unknown}
