"""Keys by browser: somebody makes a passkey and tells its id, guardians enter it, it signs, and guardians revoke it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.organisation import enrolments
from accord.organisation.passkeys import passkey_of
from domain.directory.tiers import Role
from tests.accord.console.conftest import Person
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.lists.test_elsewhere import above
from tests.accord.console.lists.test_queue import words_in
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.console.organisation.test_founding_refused import left
from tests.governing import hire


@pytest.mark.slow
async def test_a_passkey_is_made_entered_and_revoked_by_browsers_alone(
    desk: Desk, visit: Any, at_a_browser: Any, tmp_path: Path
) -> None:
    """Given somebody new with a browser, when two guardians enter their passkey, then it signs until it is revoked."""
    staff_id = await hire(desk, f"ama.{uuid4().hex[:8]}", Role.FINANCE_APPROVER)
    owner: Person = await at_a_browser(staff_id)
    await owner.plug_in()
    key_id = passkey_of(await owner.make_passkey(tmp_path)).key_id
    assert await owner.page.get_attribute("#file", "download") == f"{staff_id}.{key_id}.passkey.json"
    assert "It waits here for the guardians" in await owner.page.inner_text("#outcome")

    first, second = await visit("mira.sato"), await visit("dora.kim")
    keys = {one: await with_key(desk, first.settings, one) for one in ("mira.sato", "dora.kim")}
    page = (await first.get(f"/people/{staff_id}")).text
    assert "it counts once two guardians entered it" in page
    assert key_id not in page
    told = await touched(
        first, keys["mira.sato"], await place_of(first, f"/people/{staff_id}/passkey", {"key": key_id.lower()})
    )
    waits = told["back"].removeprefix(first.settings.origin)
    assert key_id in (await second.get(waits)).text
    await touched(second, keys["dora.kim"], await place_of(second, waits, {}))
    assert (await desk.directory()).key(staff_id, key_id) is not None
    assert "not entered yet" not in (await first.get(f"/people/{staff_id}")).text

    told = await touched(
        first, keys["mira.sato"], await place_of(first, f"/people/{staff_id}/revoke", {"key_id": key_id})
    )
    waits = told["back"].removeprefix(first.settings.origin)
    await touched(second, keys["dora.kim"], await place_of(second, waits, {}))
    assert (await desk.directory()).key(staff_id, key_id) is None
    assert owner.complaints == []


@pytest.mark.slow
async def test_a_passkey_that_waits_is_told_to_its_owner_and_to_guardians_without_its_id(
    desk: Desk, visit: Any
) -> None:
    """Given a passkey that waits, then its owner reads so, guardians are asked, and nobody reads an id to tell.

    Anybody may leave a passkey under anybody's id: an id that a page showed would be told for one's own.
    """
    staff_id = await hire(desk, f"ama.{uuid4().hex[:8]}", Role.VERIFIER)
    owner, guardian, other = await visit(staff_id), await visit("mira.sato"), await visit("femi.ade")
    assert "no passkey for pages yet" in (await (await visit("pia.berg")).get("/propose")).text
    before = (await guardian.get("/people")).text
    key_id = await left(owner, staff_id)
    own_page = (await owner.get("/me")).text
    assert ("“the key in the drawer”, made on" in own_page, key_id in own_page) == (True, False)
    listing = (await guardian.get("/people")).text
    assert listing.count("1 to enter") == before.count("1 to enter") + 1
    assert "passkey" in words_in(await above(visit, "mira.sato"))
    assert "to be entered by a guardian" in words_in(await above(visit, "mira.sato"))
    assert "to be entered" not in words_in((await other.get("/")).text)


@pytest.mark.slow
async def test_a_passkey_that_one_guardian_entered_waits_for_no_first_one(desk: Desk, visit: Any) -> None:
    staff_id = await hire(desk, f"ama.{uuid4().hex[:8]}", Role.VERIFIER)
    first = await visit("mira.sato")
    key_id = await left(first, staff_id)
    key = await with_key(desk, first.settings, "mira.sato")
    row = re.compile(rf'"/people/{staff_id}".*?</tr>', re.DOTALL)
    assert "1 to enter" in row.findall((await first.get("/people")).text)[0]
    await touched(first, key, await place_of(first, f"/people/{staff_id}/passkey", {"key": key_id}))
    assert "1 to enter" not in row.findall((await first.get("/people")).text)[0]


@pytest.mark.slow
async def test_the_page_that_signs_says_which_passkey_of_theirs_waits(
    desk: Desk, visit: Any, reference: str, worker: None
) -> None:
    await waiting_for_approval(desk, reference)
    verifier = await hire(desk, f"vera.{uuid4().hex[:8]}", Role.VERIFIER)
    owner = await visit(verifier)
    version = (await desk.known_sight(reference)).version
    place = await place_of(owner, f"/{reference}/hold", {"version": version, "reason": "a question"})
    assert "You have no passkey for this page yet" in (await owner.asking.get(place)).text
    key_id = await left(owner, verifier)
    shown = (await owner.asking.get(place)).text
    assert "Your passkey “the key in the drawer”, made on" in shown
    assert ("waits for two guardians" in shown, key_id in shown) == (True, False)


@pytest.mark.slow
async def test_an_id_that_was_not_told_so_enters_nothing(
    desk: Desk, visit: Any, at_a_browser: Any, tmp_path: Path
) -> None:
    """Given somebody else left a passkey under a person's id, when the guardian types what they were told, then no."""
    staff_id = await hire(desk, f"ama.{uuid4().hex[:8]}", Role.VERIFIER)
    stranger: Person = await at_a_browser(staff_id)
    await stranger.plug_in()
    await stranger.make_passkey(tmp_path)
    visitor = await visit("mira.sato")
    answer = await visitor.post(f"/people/{staff_id}/passkey", {"key": "PK-ABCDEFGHIJKLMNOP"})
    assert (answer.status_code, "enter nothing that does not match" in answer.text) == (422, True)
    none = await visitor.post(f"/people/{staff_id}/passkey", {"key": ""})
    assert (none.status_code, "Ask them for the id" in none.text) == (422, True)


@pytest.mark.slow
async def test_a_file_is_taken_where_its_id_is_the_one_that_was_told(
    desk: Desk, visit: Any, at_a_browser: Any, tmp_path: Path
) -> None:
    staff_id = await hire(desk, f"ama.{uuid4().hex[:8]}", Role.VERIFIER)
    owner: Person = await at_a_browser(staff_id)
    await owner.plug_in()
    made = await owner.make_passkey(tmp_path)
    await desk.pool.execute("DELETE FROM console.enrolments WHERE staff_id = $1", staff_id)
    visitor, file = await visit("mira.sato"), made.model_dump_json()
    other = await visitor.post(f"/people/{staff_id}/passkey", {"key": "PK-ABCDEFGHIJKLMNOP", "file": file})
    assert (other.status_code, "It holds another passkey" in other.text) == (422, True)
    place = await place_of(visitor, f"/people/{staff_id}/passkey", {"key": passkey_of(made).key_id, "file": file})
    assert "/sign/" in place


@pytest.mark.slow
async def test_what_is_no_passkey_is_not_kept_and_few_wait_under_one_id(
    desk: Desk, visit: Any, at_a_browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff_id = f"ama.{uuid4().hex[:8]}"
    visitor = await visit("pia.berg")
    origin = visitor.settings.signing_origin
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    for content in ("{}", "x" * 30_000):
        answer = await visitor.asking.post(f"{origin}/enrol/{staff_id}", content=content, headers=headers)
        assert answer.status_code == 422
    monkeypatch.setattr(enrolments, "MOST_OF_ONE", 1)
    owner: Person = await at_a_browser(staff_id)
    await owner.plug_in()
    await owner.make_passkey(tmp_path)
    await owner.make_passkey(tmp_path)
    assert "keep the file, and hand it to a guardian" in await owner.page.inner_text("#outcome")
    assert await desk.pool.fetchval("SELECT count(*) FROM console.enrolments WHERE staff_id = $1", staff_id) == 1


@pytest.mark.slow
async def test_the_consoles_login_enters_no_key(console_pool: asyncpg.Pool, desk: Desk) -> None:
    """Whatever a stolen console leaves among the passkeys that wait, the directory holds what two guardians signed."""
    for query in ("UPDATE console.enrolments SET staff_id = 'dora.kim'", "INSERT INTO ledger.events DEFAULT VALUES"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await console_pool.execute(query)
