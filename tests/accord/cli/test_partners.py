"""`accord partners`: what is known of a party is used again, by shell (R2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.cli.partnerships.reading import first_partners, partners_named, portfolio_at
from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.partnership.partners import partners
from domain.partnership.stages import Stage
from records.read_models.as_of import LedgerAsOf
from tests.accord.shell import BAD_INPUT, Shell, assert_fails
from tests.builders import DIGEST, funds_out, party, proposal
from tests.lives import Life, until_shown

pytestmark = pytest.mark.usefixtures("worker")
PARISH = "Saint Agnes Parish Room"


async def test_a_partner_has_a_record_and_is_named_in_the_next_proposal(
    shell: Shell, reference: str, desk: Desk, new_reference: Callable[[], str], tmp_path: Path
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(life.reference))
    await until_shown(desk)
    listed, shown, again = await shell.together(
        ("partners", "--json"), ("partner", "001000001"), ("partner", "riverbend library network", "--party")
    )
    assert "EIN 001000001" in {one["key"] for one in listed.json}
    whole = sorted(partners(await portfolio_at(desk, LedgerAsOf())), key=lambda record: record.key)
    for most in (1, 2, len(whole), len(whole) + 1):
        assert await first_partners(desk, most) == (tuple(whole[:most]), most < len(whole))
    assert await partners_named(desk, "00-1000001") == tuple(one for one in whole if one.key == "EIN 001000001")
    assert life.reference in shown.stdout
    assert json.loads(again.stdout)["ein"] == "001000001"

    second = new_reference()
    content = proposal(second).model_dump(mode="json", exclude_none=True)
    content["partner"], content["funds_out"]["payee"] = "Riverbend Library Network", "00-1000001"
    file = tmp_path / "second.json"
    file.write_text(json.dumps(content))
    await shell.done("propose", file, "--as", "pia.berg")
    known = await Life(desk, second).until_stage(Stage.APPROVAL)
    assert known.proposed == proposal(second)
    content["partner"] = "Nobody We Know"
    file.write_text(json.dumps(content))
    answer = await shell("propose", file, "--as", "pia.berg")
    assert_fails(answer, BAD_INPUT, "partner", "nobody we know".title(), "accord partners")


@pytest.mark.slow
async def test_what_a_verifier_judged_before_is_shown_with_its_age(
    shell: Shell, reference: str, desk: Desk, new_reference: Callable[[], str]
) -> None:
    """The same question in the next partnership: the verifier sees who judged it, when and why (rules 3.7)."""
    life = Life(desk, reference)
    unknown = party(PARISH, ein="001999999")
    await life.propose(proposal(life.reference, partner=unknown, funds_out=funds_out(payee=unknown)))
    await life.until_stage(Stage.ELIGIBILITY)
    letter = {"reason": "the diocese confirms it in writing", "document_sha256": DIGEST}
    await life.do(c.Approve, "vera.lind", no_interest=True, **letter)
    await life.until_stage(Stage.APPROVAL)
    other = Life(desk, new_reference())
    await other.propose(proposal(other.reference, partner=unknown, funds_out=funds_out(payee=unknown)))
    await other.until_stage(Stage.ELIGIBILITY)
    await until_shown(desk)
    shown = await shell.done("show", other.reference)
    told = f"the diocese confirms it in writing (vera.lind, 0 days ago, {life.reference})"
    assert told in shown.words
