"""An organisation's own rule is tried on recorded decisions (`examples/own_rule.py`): which come out otherwise, why."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.policy.findings import Outcome, outcome_of
from domain.policy.rulebook import EDITIONS, RULE_BOOK, assess, findings_under
from domain.recorded.writers import Writer
from domain.screening.evidence import Verification
from domain.screening.tax_status import StatusEvidence
from domain.streams import StreamId
from examples.own_rule import OWN, what_if, with_own
from records.keys.keyring import Keyring
from tests.builders import NOON, funding, funds_out, number, proposal, revocation, status, verification
from tests.conftest import ROOT

SMALL, LARGE, REVOKED = (f"P-2026-8802{n:02}" for n in range(1, 4))


def of_revenue(revenue: str | None) -> StatusEvidence:
    """A listed payee of this yearly revenue."""
    listed = status()
    assert listed.master_file is not None
    known = Decimal(revenue) if revenue is not None else None
    return listed.model_copy(update={"master_file": listed.master_file.model_copy(update={"revenue": known})})


def verdict_on(grant: str, found: StatusEvidence | None) -> Outcome:
    """What the rule says of a grant, found by the rule book's own way of applying it."""
    made = proposal(SMALL, funds_out=funds_out(grant))
    findings = findings_under(made, funding(), verification(found), (), with_own(RULE_BOOK))
    [own] = [one for one in findings if one.rule_id == OWN.rule_id]
    return own.outcome


@pytest.mark.parametrize(
    ("grant", "found", "outcome"),
    [
        ("1000.00", of_revenue("10000"), Outcome.PASS),
        ("1000.01", of_revenue("10000"), Outcome.REFER),
        ("1000.00", of_revenue(None), Outcome.REFER),
        ("1000.00", None, Outcome.REFER),
    ],
    ids=["a tenth", "a cent above", "no known revenue", "listed nowhere"],
)
def test_a_grant_above_a_tenth_of_the_revenue_waits_for_a_director(
    grant: str, found: StatusEvidence | None, outcome: Outcome
) -> None:
    assert verdict_on(grant, found) is outcome


def test_the_rule_stands_beside_those_of_every_edition_and_changes_none_of_their_findings() -> None:
    made, found = proposal(SMALL, funds_out=funds_out("5000.00")), verification(of_revenue("10000"))
    for book in EDITIONS.values():
        own, theirs = (
            findings_under(made, funding(), found, (), with_own(book)),
            assess(made, funding(), found, (), book),
        )
        assert own[:-1] == theirs.findings
        assert own[-1].rule_id == "OWN-TENTH"
        assert outcome_of(own) is Outcome.REFER


async def record(desk: Desk, reference: str, grant: str, found: Verification) -> None:
    """Put on record a proposal, what the registers said of it, and what the rule book said."""
    made = proposal(reference, funds_out=funds_out(grant))
    decided = assess(made, funding(), found, (), RULE_BOOK)
    events = (
        e.PartnershipProposed(at=NOON, actor="pia.berg", proposal=made, funding=funding()),
        e.DueDiligenceCompleted(at=NOON, verification=found),
        e.EligibilityAssessed(at=NOON, assessment=decided),
    )
    stream = StreamId.partnership(reference)
    await desk.append(stream, 0, number(reference), "pia.berg", *events, writer=Writer.WORKER)


@pytest.mark.slow
async def test_of_recorded_decisions_those_are_told_that_would_have_come_out_otherwise(
    database: str, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    desk, gone = Desk(pool, Keyring(tmp_path)), revocation("2024-11-15", "2025-03-12")
    await record(desk, SMALL, "1000.00", verification(of_revenue("10000")))
    await record(desk, LARGE, "2000.00", verification(of_revenue("10000")))
    await record(desk, REVOKED, "2000.00", verification(status(revocations=(gone,))))
    before = await desk.ledger.head()
    count, [flip] = await what_if(desk.ledger)
    assert (count, flip.partnership_id, flip.after.outcome) == (3, LARGE, Outcome.REFER)
    assert flip.after.reasons == (
        "USD 2,000.00 beside a yearly revenue of USD 10,000 is above a tenth: a director looks at it (OWN-TENTH)"
    )
    assert await desk.ledger.head() == before
    said = await asyncio.to_thread(program, database)
    assert f"{LARGE} Digital skills for river libraries\n  {flip.before.outcome} becomes REFER: USD 2,000.00" in said
    assert said.endswith("3 decisions asked again; 1 would have come out otherwise.\n")


def program(database: str) -> str:
    """What the program prints beside a database."""
    asked = [sys.executable, "-m", "examples.own_rule"]
    own = {**os.environ, "ACCORD_DATABASE_URL": database}
    return subprocess.run(asked, cwd=ROOT, env=own, capture_output=True, text=True, check=True).stdout
