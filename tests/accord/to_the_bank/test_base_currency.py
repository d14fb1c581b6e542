"""A base currency, to the bank's file: sums of two currencies are one, at the rate that an approval records (4.18)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from activities.contracts import VerificationRequest, Verified
from activities.verification import Verifications
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.proposal import Proposal
from domain.screening.conversion import Conversion
from ledger import clock
from payments.accounts import reference_of
from registers.rates import conversion_on
from tests import paying
from tests.accord.counter.files import PAYER
from tests.accord.shell import Shell
from tests.accord.to_the_bank.test_sums_that_count import BY_TWO, approved_beside, grant, in_a_file
from tests.activities.funding import do, done
from tests.governing import decree
from tests.paying import caught_up
from tests.payments.orders import RIVERBEND
from tests.rates import in_dollars
from tests.registers.files import load_small
from tests.scribe import Scribe

REFERENCE = "P-2026-0042"
_ENDED = """
INSERT INTO registers.ended (version, file, line, ended_in)
SELECT r.version, r.file, r.line, (SELECT max(version) FROM registers.versions WHERE register = 'ecb-rates')
  FROM registers.rows r JOIN registers.versions v USING (version)
 WHERE v.register = 'ecb-rates' AND v.state = 'SUPERSEDED'
"""
"""The rows of the version before are not in the newest, as if it had been loaded after it."""


@pytest.fixture
def at(shell: Shell, furnished_database: str) -> Shell:
    """A terminal in an office of the test's own."""
    return shell.where(ACCORD_DATABASE_URL=furnished_database)


async def published(desk: Desk, folder: Path, dollar: str, age: int = 0) -> None:
    """The ECB publishes rates: on each of nine days one euro is so many dollars. `age`: the days since the last."""
    newest, folder = clock.today() - timedelta(days=age), folder / f"published at {dollar}"
    folder.mkdir()
    lines = [f"{newest - timedelta(days=age)},{dollar},200,0.8" for age in range(9)]
    (path := folder / "eurofxref-hist.csv").write_text("\n".join(("Date,USD,JPY,GBP", *lines)) + "\n", "utf-8")
    async with desk.pool.acquire() as connection:
        report = await load_small(connection, "ecb-rates", path, on=newest)
    assert report.loaded, report.note


async def with_base(desk: Desk, folder: Path, dollar: str = "1.25", **more: Any) -> None:
    """An organisation that counts in dollars: above 100,000 a director approves as well."""
    await published(desk, folder, dollar)
    await decree(desk, HouseRulesSet(rules=in_dollars(**more)))


async def rates_of_today(desk: Desk) -> Conversion:
    rules = (await desk.directory()).rules
    assert rules is not None
    assert rules.base is not None
    async with desk.pool.acquire() as connection:
        return await conversion_on(connection, rules.base, clock.today())


async def decided_by_two(desk: Desk, made: Proposal) -> Scribe:
    """Two people approve, each by a decision that a worker carries out."""
    scribe = await paying.verified_and_assessed(desk, made)
    for person in ("ana.silva", "femi.ade"):
        await done(await caught_up(scribe), c.Approve, person, no_interest=True, reason="within the budget")
    return await caught_up(scribe)


async def released(scribe: Scribe) -> Scribe:
    """What was approved is agreed on and released."""
    account = reference_of(RIVERBEND)
    signed = {"signed_on": date(2026, 11, 2), "document_sha256": None, "account": account}
    await scribe.says(e.AgreementSigned, "dora.kim", account_verifier="noor.haddad", **signed)
    await paying.release(scribe)
    return scribe


async def approved_past_every_workflow(desk: Desk, made: Proposal, conversion: Conversion | None) -> None:
    """Two approvals that a worker's login recorded, with rates of its own choice."""
    scribe = await paying.verified_and_assessed(desk, made)
    for person, role in zip(("ana.silva", "femi.ade"), BY_TWO, strict=True):
        content = {"role": role, "reason": "good work", "quorum": BY_TWO, "conversion": conversion}
        await scribe.says(e.ApprovalGiven, person, no_interest=True, **content)
    await released(scribe)


async def refused_by_the_counter(at: Shell) -> str:
    return (await at("payments", "export", "--as", PAYER)).words


async def test_two_grants_of_90_000_in_two_currencies_do_not_pass_under_a_limit_of_100_000(
    furnished: Desk, tmp_path: Path
) -> None:
    """EUR 90,000 are approved. USD 90,000 beside them ask for the director, and the approval says at which rate."""
    await with_base(furnished, tmp_path)
    await approved_beside(furnished, grant("P-2026-0041", "90000.00", "EUR"))
    scribe = await decided_by_two(furnished, grant(REFERENCE, "90000.00"))
    assert scribe.state.missing_approvals == (Role.DIRECTOR,)
    assert scribe.state.conversion == await rates_of_today(furnished)
    assert scribe.state.conversion is not None
    assert scribe.state.conversion.rates is not None
    assert scribe.state.conversion.rates.rates.day == clock.today()


@pytest.mark.slow
async def test_a_rate_that_rises_after_the_approval_stops_no_payment(
    at: Shell, furnished: Desk, tmp_path: Path
) -> None:
    """EUR 79,000 were USD 98,750 when two approved them. At the rate of the payment they are 110,600: they leave."""
    await with_base(furnished, tmp_path)
    scribe = await decided_by_two(furnished, grant(REFERENCE, "79000.00", "EUR"))
    assert scribe.state.missing_approvals == ()
    await published(furnished, tmp_path, "1.4")
    await released(scribe)
    assert len(await in_a_file(at, furnished, tmp_path / "out")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("currency", ["USD", "EUR"])
async def test_a_lower_limit_or_another_base_after_the_approval_stops_no_payment(
    at: Shell, furnished: Desk, tmp_path: Path, currency: str
) -> None:
    """The approvals are counted by the tiers and the base of their own day, also where more would be asked now."""
    await with_base(furnished, tmp_path)
    scribe = await decided_by_two(furnished, grant(REFERENCE, "79000.00", "EUR"))
    tiers = [tier.model_copy(update={"currency": currency}) for tier in in_dollars("50000", None).tiers]
    rules = in_dollars().model_copy(update={"base_currency": currency, "tiers": tuple(tiers)})
    await decree(furnished, HouseRulesSet(rules=rules))
    await released(scribe)
    assert len(await in_a_file(at, furnished, tmp_path / "out")) == 1


@pytest.mark.slow
async def test_another_base_between_two_approvals_asks_for_nobody_less(furnished: Desk, tmp_path: Path) -> None:
    """EUR 90,000 are above USD 100,000 when one approves, and below EUR 100,000 when another does."""
    await with_base(furnished, tmp_path)
    scribe = await paying.verified_and_assessed(furnished, grant(REFERENCE, "90000.00", "EUR"))
    await done(scribe, c.Approve, "ana.silva", no_interest=True, reason="within the budget")
    assert Role.DIRECTOR in (await caught_up(scribe)).state.missing_approvals
    tiers = tuple(tier.model_copy(update={"currency": "EUR"}) for tier in in_dollars().tiers)
    rules = in_dollars().model_copy(update={"base_currency": "EUR", "tiers": tiers})
    await decree(furnished, HouseRulesSet(rules=rules))
    await done(await caught_up(scribe), c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    assert (await caught_up(scribe)).state.missing_approvals == (Role.DIRECTOR,)


@pytest.mark.slow
async def test_an_older_file_of_rates_counts_for_nothing(furnished: Desk, tmp_path: Path) -> None:
    """EUR 79,000 are above the limit by the rate of today, and stay so after a file of three days before."""
    await with_base(furnished, tmp_path, "1.4")
    with pytest.raises(AssertionError, match="fetch a newer file"):
        await published(furnished, tmp_path, "1.25", age=3)
    scribe = await decided_by_two(furnished, grant(REFERENCE, "79000.00", "EUR"))
    assert scribe.state.missing_approvals == (Role.DIRECTOR,)


@pytest.mark.slow
async def test_a_rate_that_rises_before_the_last_approval_asks_for_the_director(
    furnished: Desk, tmp_path: Path
) -> None:
    await with_base(furnished, tmp_path)
    scribe = await paying.verified_and_assessed(furnished, grant(REFERENCE, "79000.00", "EUR"))
    await done(scribe, c.Approve, "ana.silva", no_interest=True, reason="within the budget")
    await published(furnished, tmp_path, "1.4")
    await done(await caught_up(scribe), c.Approve, "femi.ade", no_interest=True, reason="within the budget")
    scribe = await caught_up(scribe)
    assert scribe.state.missing_approvals == (Role.DIRECTOR,)


@pytest.mark.slow
@pytest.mark.parametrize("age", [None, 5], ids=["none are on record", "they were not refreshed"])
async def test_without_rates_the_smallest_sum_asks_a_verifier_and_the_director(
    furnished: Desk, tmp_path: Path, age: int | None
) -> None:
    """Given no rates, or rates five days old where three are allowed, then no old rate makes a sum a small one."""
    await decree(furnished, HouseRulesSet(rules=in_dollars(rate_days=3)))
    await furnished.pool.execute("UPDATE registers.versions SET state = 'SUPERSEDED' WHERE register = 'ecb-rates'")
    if age is not None:
        await published(furnished, tmp_path, "1.25", age)
        await furnished.pool.execute(_ENDED)
    scribe = await paying.verified_and_assessed(furnished, grant(REFERENCE, "10.00", "EUR"))
    assert "no reference rate of EUR, USD that is not too old" in scribe.state.why
    for person in ("vera.lind", "ana.silva", "femi.ade"):
        await done(await caught_up(scribe), c.Approve, person, no_interest=True, reason="it is a small sum")
    scribe = await caught_up(scribe)
    assert scribe.state.missing_approvals == (Role.DIRECTOR,)
    assert scribe.state.conversion == Conversion(base="USD")


@pytest.mark.slow
@pytest.mark.parametrize("dollar", ["1.01", "1.2500"])
async def test_rates_that_no_register_lists_pay_nothing(
    at: Shell, furnished: Desk, tmp_path: Path, dollar: str
) -> None:
    """A worker's login records approvals at a rate that makes EUR 90,000 a small sum, or writes it otherwise."""
    await with_base(furnished, tmp_path)
    recorded = await rates_of_today(furnished)
    assert recorded.rates is not None
    row = recorded.rates.source.row.replace("USD=1.25", f"USD={dollar}")
    forged = recorded.rates.model_copy(update={"source": recorded.rates.source.model_copy(update={"row": row})})
    made = grant(REFERENCE, "90000.00", "EUR")
    await approved_past_every_workflow(furnished, made, recorded.model_copy(update={"rates": forged}))
    assert f"at rates of {clock.today()} that ecb-rates never listed so" in await refused_by_the_counter(at)


@pytest.mark.slow
async def test_rates_of_an_older_day_than_the_rules_allow_pay_nothing(
    at: Shell, furnished: Desk, tmp_path: Path
) -> None:
    """The same with a rate that was published, five days before, where three are allowed."""
    await with_base(furnished, tmp_path, rate_days=3)
    rules = in_dollars(rate_days=35).base
    assert rules is not None
    async with furnished.pool.acquire() as connection:
        old = await conversion_on(connection, rules, clock.today() - timedelta(days=5))
    await approved_past_every_workflow(furnished, grant(REFERENCE, "10.00", "EUR"), old)
    assert "and the rules allow 3 days" in await refused_by_the_counter(at)


@pytest.mark.slow
async def test_approvals_without_any_rate_pay_nothing(at: Shell, furnished: Desk, tmp_path: Path) -> None:
    """The same without a word of rates: nobody knows what the sum is, so a director is missing."""
    await with_base(furnished, tmp_path)
    await approved_past_every_workflow(furnished, grant(REFERENCE, "10.00", "EUR"), None)
    assert "approvals are missing: DIRECTOR" in await refused_by_the_counter(at)


@pytest.mark.slow
async def test_an_amendment_is_counted_at_the_rate_of_its_own_day(furnished: Desk, tmp_path: Path) -> None:
    """Two approved EUR 60,000. At a higher rate 75,000 are above the limit, and a director is asked."""
    await with_base(furnished, tmp_path)
    scribe = await decided_by_two(furnished, grant(REFERENCE, "60000.00", "EUR"))
    await published(furnished, tmp_path, "1.4")
    answer = await do(
        scribe, c.Amend, "pia.berg", proposal=grant(REFERENCE, "75000.00", "EUR"), reason="one village more"
    )
    assert answer.refusal is None, answer.refusal
    scribe = await caught_up(scribe)
    assert scribe.state.conversion == await rates_of_today(furnished)
    assert Role.DIRECTOR in scribe.state.missing_approvals


@pytest.mark.slow
async def test_a_later_look_reads_the_rate_of_the_approval(furnished: Desk, tmp_path: Path) -> None:
    """The rate rose, and a grant in a currency without any was approved for the payee since: nothing is asked anew."""
    await with_base(furnished, tmp_path)
    made = grant(REFERENCE, "79000.00", "EUR")
    scribe = await decided_by_two(furnished, made)
    await published(furnished, tmp_path, "1.4")
    assert (await looked_again(furnished, made)).verification.conversion == scribe.state.conversion
    await approved_beside(furnished, grant("P-2026-0041", "90000.00", "KES"))
    later = await looked_again(furnished, made)
    assert later.verification.conversion is None
    assert later.assessed is not None
    assert "SUMS-CONVERTED" not in {finding.rule_id for finding in later.assessed.assessment.findings}


async def looked_again(desk: Desk, made: Proposal) -> Verified:
    """What a worker finds on a proposal, as at a later look at the registers."""
    request = VerificationRequest(proposal=made, funding=await paying.funding_of(desk, made))
    answer: Verified = await ActivityEnvironment().run(Verifications(desk.pool).verify, request)
    return answer
