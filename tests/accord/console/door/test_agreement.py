"""The agreement by link: its terms are read, accepted by its digest, and signed for with the account on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.client.papers.opening import papers_of_place
from accord.client.submissions import submission_numbered
from accord.letters.making import HouseSettings, keep_letter, make_letter
from accord.letters.orders import LetterOrder
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.stages import Stage
from domain.submissions.kinds import DoorForm
from ledger import clock
from tests.accord.console.door.conftest import Formed, push_anew, sealed_number
from tests.accord.console.door.test_inbox import form_of
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.letters.test_issuing import in_force
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life

HANDED_IN = "SELECT count(*) FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form WHERE f.subject = $1"


async def issued(desk: Desk, reference: str, folder: Path) -> tuple[Life, str]:
    """A grant that waits for its signature, and the digest of its agreement that was issued."""
    await in_force(desk, "agreement")
    life = Life(desk, reference)
    await life.to_be_signed(proposal(reference, contacts=CONTACTS))
    return life, await issue(desk, life, folder)


async def issue(desk: Desk, life: Life, folder: Path, note: str | None = None) -> str:
    order = LetterOrder("agreement", "en", note=note)
    made = await make_letter(desk.reader, await life.state(), order, HouseSettings())
    content = await keep_letter(papers_of_place(desk.pool, str(folder), ""), made, "ana.silva")
    await life.do(c.IssueLetter, "ana.silva", **content)
    return str(content["pdf_sha256"])


async def test_the_agreement_that_was_read_is_accepted_and_signed_for(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed, tmp_path: Path
) -> None:
    """Given an account on record, when the agreement comes back accepted, then what was read is what is signed."""
    life, sha256 = await issued(desk, reference, tmp_path)
    account = await life.account((await life.state()).paid_party)
    ida = await at_form(reference, DoorForm.ACCEPTANCE, sha256)
    read = (await ida.get("page/agreement")).text
    for words in (sha256, "We grant USD 1,000.00.", f"Digital skills for river libraries ({reference})"):
        assert words in read
    await ida.fill("agreement", accepted="yes")
    assert "We grant USD 1,000.00." in (await ida.get("check")).text
    assert (await ida.hand_in()).headers["location"].endswith("/done")
    number = await sealed_number(office_pool)
    visitor = await visit("dora.kim")
    key = await with_key(desk, visitor.settings, "dora.kim")
    shown = (await visitor.get(f"/inbox/{number}")).text
    assert "We grant USD 1,000.00." in shown
    path = f"/{reference}/sign-agreement?submission={number}"
    assert f'value="{sha256}"' in (await visitor.get(path)).text
    form = {**await form_of(visitor, path), "signed_on": f"{clock.today()}", "account": account.reference}
    place = await place_of(visitor, f"/{reference}/sign-agreement", {**form, "document_sha256": sha256})
    assert (await touched(visitor, key, place)).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.AgreementSigned)]
    assert event.submission is not None
    assert (event.document_sha256, event.submission.number, event.account) == (sha256, number, account)
    assert (await life.state()).stage is Stage.ACTIVE


@pytest.mark.slow
async def test_another_paper_than_the_one_that_was_read_is_not_signed_for(
    desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed, tmp_path: Path, visit: Any
) -> None:
    """Given an acceptance, when staff name another paper, then the gate says which one was read."""
    life, sha256 = await issued(desk, reference, tmp_path)
    account = await life.account((await life.state()).paid_party)
    ida = await at_form(reference, DoorForm.ACCEPTANCE, sha256)
    await ida.fill("agreement", accepted="yes")
    await ida.hand_in()
    number = await sealed_number(office_pool)
    content = {
        "signed_on": clock.today(),
        "account": account,
        "submission": (await submission_numbered(desk.pool, desk.ledger, number)).reference,
    }
    with pytest.raises(Refused, match="read and accepted"):
        await life.do(c.SignAgreement, "dora.kim", document_sha256="ab" * 32, **content)
    assert (await life.state()).stage is Stage.AGREEMENT


@pytest.mark.slow
async def test_what_changed_while_the_code_was_on_its_way_is_read_again(
    desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed, tmp_path: Path
) -> None:
    """Given an invitation, when another agreement is issued before the code is typed, then nothing is handed in."""
    life, _ = await issued(desk, reference, tmp_path)
    until = {"language": "en", "until": clock.today()}
    await life.do(c.InviteGrantee, "pia.berg", form=DoorForm.ACCEPTANCE, contact=1, **until)
    ida = await at_form(reference, DoorForm.ACCEPTANCE, "", 1)
    await ida.fill("agreement", accepted="yes")
    await ida.ask_code()
    second = await issue(desk, life, tmp_path, note="The first one had a wrong day")
    await push_anew(desk, office_pool, reference, DoorForm.ACCEPTANCE, "", 1)
    answer = await ida.post("code", {"code": await ida.code()})
    assert answer.headers["location"].endswith("/check")
    assert second in (await ida.get("check")).text
    assert await office_pool.fetchval(HANDED_IN, reference) == 0
