"""What waits for a reader in other places stands above their queue: for whom it waits, and for nobody else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.counter.hand_over import hand_over
from accord.counter.portal.typing_in import countersign, record_typed
from domain.directory.people import HouseRulesSet
from domain.directory.tiers import Role
from ledger.projections import Projector
from records.read_models.funds import FUNDS
from records.read_models.judging import judge_of
from records.truths import read_truths
from tests import paying
from tests.accord.console.deciding.test_bulk import key_of
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.deciding.test_truths import touched as told_by
from tests.accord.console.lists.test_queue import words_in
from tests.accord.console.organisation.signing import place_of, touched
from tests.accord.console.organisation.test_funds import fund_of, opened
from tests.accord.console.organisation.test_people import proposed
from tests.accord.counter.files import handed_over, made_file
from tests.accord.counter.portal.test_typing_in import NUMBER, typed_rail
from tests.governing import decree, hire
from tests.lives import until_shown


async def above(visit: Any, staff_id: str) -> str:
    """What stands above somebody's queue."""
    page = (await (await visit(staff_id)).get("/")).text
    return page.partition('class="elsewhere"')[2].partition("</ul>")[0]


@pytest.mark.slow
async def test_a_change_of_the_directory_waits_for_the_other_guardian(desk: Desk, visit: Any) -> None:
    """Given a change that one guardian proposed, then it stands above the other's queue alone."""
    staff_id = await hire(desk, f"new.{uuid4().hex[:8]}", Role.PROPOSER)
    await proposed(desk, visit, f"/people/{staff_id}/roles", {"name": "Some Body", "roles": "VERIFIER"})
    words = {who: "of the directory, for a second guardian" in await above(visit, who)
             for who in ("dora.kim", "mira.sato", "femi.ade")}  # fmt: skip
    assert words == {"dora.kim": True, "mira.sato": False, "femi.ade": False}


@pytest.mark.slow
async def test_a_change_of_a_fund_waits_for_a_director_who_did_not_ask(desk: Desk, visit: Any) -> None:
    fund_id, visitor, key = await opened(desk, visit)
    asked = {"amount": "60,000.00", "reason": "resolution 12 of the board"}
    await touched(visitor, key, await place_of(visitor, f"/funds/{fund_id}/budget", asked))
    assert (await fund_of(desk, fund_id)).asked
    await Projector(desk.ledger, FUNDS, judge_of(desk.ledger)).catch_up()
    assert f'href="/funds/{fund_id}"' in await above(visit, "dora.kim")
    assert fund_id not in await above(visit, "femi.ade")


@pytest.mark.slow
async def test_what_was_told_waits_for_a_verifier_who_did_not_tell_it(desk: Desk, visit: Any) -> None:
    teller = await visit("pia.berg")
    given = {"kind": "LOST_STATUS", "what": "The register says it is dissolved", "since": "2026-11-01",
             "about": "Nobody's Trust", "source": "its treasurer"}  # fmt: skip
    await told_by(desk, teller, await key_of(desk, teller.settings, "pia.berg"), "/truths/tell", given)
    waiting = [truth for truth in await read_truths(desk.reader) if truth.waits()]
    assert waiting
    assert "told, to be answered" in words_in(await above(visit, "vera.lind"))
    assert "told, to be answered" not in words_in(await above(visit, "pia.berg"))


@pytest.mark.slow
async def test_what_was_told_is_owed_by_its_day_among_all_else(desk: Desk, visit: Any, worker: None) -> None:
    """Given something told and a decision due later, then both are owed, in the order of their days, and in words."""
    await waiting_for_approval(desk, "P-2026-0877")
    await until_shown(desk)
    teller = await visit("pia.berg")
    given = {"kind": "LOST_STATUS", "what": "It lost its licence", "since": "2026-11-01", "about": "No Such Trust",
             "source": "its treasurer"}  # fmt: skip
    await told_by(desk, teller, await key_of(desk, teller.settings, "pia.berg"), "/truths/tell", given)
    page = (await teller.get("/obligations")).text
    groups = re.findall(r'scope="rowgroup"[^>]*>([^<]*)<', page)
    assert len(groups) == len({group.partition(" ")[0] for group in groups}) > 0
    words = words_in(page)
    assert "Lost status: a verifier finds whether it is so" in words
    assert ("Told by Pia Berg" in words, "T-" in words) == (True, False)
    assert 0 < words.index("Lost status") < words.index("Approval")


async def test_an_exception_of_the_bank_waits_for_finance(office_pool: asyncpg.Pool, visit: Any) -> None:
    add = """INSERT INTO payments.exceptions (exception_id, kind, file_name, reason, content)
             VALUES ($1, 'UNMATCHED', 'a.xml', 'it fits no payment', '')"""
    await office_pool.execute(add, uuid4())
    assert "exception of the bank" in words_in(await above(visit, "femi.ade"))
    page = words_in((await (await visit("femi.ade")).get("/")).text)
    assert re.search(r"\d+ partnerships? waiting", page)
    assert "Nothing waits for you" not in page
    assert ("0 partnerships waiting" in page) == ("What waits for you elsewhere stands above." in page)
    assert "exception of the bank" not in words_in(await above(visit, "pia.berg"))


@pytest.mark.slow
async def test_what_one_person_typed_waits_for_another_of_finance(
    desk: Desk, visit: Any, reference: str, tmp_path: Path
) -> None:
    """Given a sheet that one person typed into the bank's portal, then the others who may sign it are told."""
    rules = (await desk.directory()).rules
    assert rules is not None
    await typed_rail(desk)
    try:
        await paying.released(desk, reference)
        sheet = await handed_over(desk, tmp_path)
        await record_typed(desk, sheet.message_id, NUMBER, "paul.nkosi")
        words = {who: "1 payment typed into the bank’s portal" in await above(visit, who)
                 for who in ("femi.ade", "paul.nkosi", "pia.berg")}  # fmt: skip
        assert words == {"femi.ade": True, "paul.nkosi": False, "pia.berg": False}
        await countersign(desk, sheet.message_id, NUMBER, "femi.ade")
        assert "typed into the bank" not in await above(visit, "femi.ade")
    finally:
        await decree(desk, HouseRulesSet(rules=rules))


@pytest.mark.slow
async def test_a_hand_over_that_one_person_signed_waits_for_another_of_finance(
    desk: Desk, visit: Any, reference: str, tmp_path: Path
) -> None:
    """Given rules that ask for two at a hand-over, when one signed it, then the others who may are told."""
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"second_at_hand_over": True})))
    try:
        await paying.released(desk, reference)
        file = await made_file(desk)
        assert "for a second signature" not in await above(visit, "femi.ade")
        assert (await hand_over(desk, file.message_id, "paul.nkosi", tmp_path)).path is None
        words = {who: "1 payment file to leave for the bank, for a second signature" in await above(visit, who)
                 for who in ("femi.ade", "paul.nkosi", "pia.berg")}  # fmt: skip
        assert words == {"femi.ade": True, "paul.nkosi": False, "pia.berg": False}
        assert (await hand_over(desk, file.message_id, "femi.ade", tmp_path)).path is not None
        assert "for a second signature" not in await above(visit, "femi.ade")
    finally:
        await decree(desk, HouseRulesSet(rules=rules))
