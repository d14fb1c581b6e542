"""The lists that bind the organisation, from the door to the payment: two people say which they are."""

from __future__ import annotations

import pytest

from domain.directory.lists import OFAC_AND_UN, SanctionsList
from domain.partnership.stages import Stage
from tests.accord.organisation.test_clearances import Office, bureau
from tests.builders import company, joint, proposal
from tests.governing import bind
from tests.lives import Life

__all__ = ["bureau"]

EU, UK = SanctionsList.EUROPEAN_UNION.value, SanctionsList.UNITED_KINGDOM.value
TRUST, TRAVELLER = "Velorian Maritime Trust", "Isaura Brenn Pellucane"
"""Names of the samples: one whose funds the European Union freezes, and one who may not travel to the UK."""


async def joint_work(office: Office, reference: str, partner: str) -> Life:
    life = Life(office.desk, reference)
    await life.propose(proposal(reference, partner=company(partner), non_monetary=joint()))
    return life


async def lose(office: Office, register: str) -> None:
    """No version of a list is in force any more, as if it had never been loaded."""
    await office.desk.pool.execute("UPDATE registers.versions SET state = 'REFUSED' WHERE register = $1", register)


async def find(office: Office, register: str) -> None:
    await office.desk.pool.execute("UPDATE registers.versions SET state = 'IN_FORCE' WHERE register = $1", register)


async def test_a_list_that_does_not_bind_is_not_asked_and_one_that_binds_is(bureau: Office, reference: str) -> None:
    """Given a loaded list that names the partner, then it stops nothing until two people say that it binds."""
    life = await joint_work(bureau, reference, TRUST)
    known = await life.until_stage(Stage.APPROVAL)
    assert known.verification is not None
    assert {one.register_name for one in known.verification.screening.asked} == set(OFAC_AND_UN)
    await bind(bureau.desk, *OFAC_AND_UN, EU)
    assert await bureau.rescreen() == (reference,)
    held = await life.until(lambda state: bool(state.holds))
    assert "is on eu-consolidated as 'VELORIAN MARITIME TRUST'" in str(held.holds)
    assert "report without delay to the competent authority" in str(held.holds)


@pytest.mark.slow
async def test_a_travel_ban_alone_is_a_note(bureau: Office, reference: str) -> None:
    await bind(bureau.desk, UK)
    life = await joint_work(bureau, reference, TRAVELLER)
    known = await life.until_stage(Stage.APPROVAL)
    assert known.verification is not None
    assert [one.register_name for one in known.verification.screening.asked] == [UK]


@pytest.mark.slow
async def test_a_case_waits_for_a_list_that_binds_and_is_not_loaded_and_says_so(bureau: Office, reference: str) -> None:
    """Given a list that binds and was never loaded, then the case waits; once it is loaded it goes on by itself."""
    await bind(bureau.desk, *OFAC_AND_UN, EU)
    await lose(bureau, EU)
    life = await joint_work(bureau, reference, "Great Plains Carrier Inc")
    waiting = await life.until_stage(Stage.ELIGIBILITY)
    assert f"never loaded, so nobody could ask: {EU}; load them first" in waiting.why
    status = (await bureau.shell("status", "--json")).json
    assert f"{EU} (binds, and was never loaded)" in status["ageing"]
    await find(bureau, EU)
    assert await bureau.rescreen() == (reference,)
    await life.until_stage(Stage.APPROVAL)
    assert await bureau.rescreen() == (), "nobody is told twice"
