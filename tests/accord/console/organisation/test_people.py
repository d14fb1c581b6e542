"""The directory by browser: two guardians sign what becomes of a person, which is said in words, and nobody alone."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from domain.directory.tiers import Role
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import handed_in
from tests.accord.console.organisation.signing import place_of, statement_in, touched, with_key
from tests.accord.shell import Shell
from tests.authenticators.passkeys import Authenticator
from tests.governing import hire, let_go


@pytest.fixture
async def somebody(desk: Desk) -> AsyncIterator[str]:
    """Somebody who may be changed, and leaves in the end."""
    staff_id = f"new.{uuid4().hex[:8]}"
    await hire(desk, staff_id, Role.PROPOSER)
    yield staff_id
    if (await desk.directory()).person(staff_id) is not None:
        await let_go(desk, staff_id)


async def guardian(desk: Desk, visit: Any, staff_id: str) -> tuple[Visitor, Authenticator]:
    visitor = await visit(staff_id)
    return visitor, await with_key(desk, visitor.settings, staff_id)


async def proposed(desk: Desk, visit: Any, path: str, given: dict[str, Any]) -> str:
    """Propose a change as Mira Sato does, and return the address of what waits."""
    visitor, key = await guardian(desk, visit, "mira.sato")
    told = await touched(visitor, key, await place_of(visitor, path, given))
    assert told.get("told") == "Recorded: it counts once another guardian confirms it.", told
    return str(told["back"]).removeprefix(visitor.settings.origin)


@pytest.mark.slow
async def test_somebody_joins_changes_roles_and_leaves(desk: Desk, visit: Any) -> None:
    """Given two guardians at their browsers, then each change is said in words, and counts after the second touch."""
    staff_id = f"kofi.{uuid4().hex[:8]}"
    second, key = await guardian(desk, visit, "dora.kim")
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("/directory/person", {"staff_id": staff_id, "name": "Kofi Mensah", "roles": ["PROPOSER", "PAYER"],
                               "limits": "USD 20,000.00"},
         f"Kofi Mensah ({staff_id}) joins as proposer and payer, and approves up to USD 20,000.00"),
        (f"/people/{staff_id}/roles", {"name": "Kofi Mensah", "roles": ["PROPOSER", "FINANCE_APPROVER"], "limits": ""},
         "Kofi Mensah becomes finance approver"),
        (f"/people/{staff_id}/leave", {}, "Kofi Mensah leaves"),
    ]  # fmt: skip
    for path, given, words in steps:
        waits = await proposed(desk, visit, path, given)
        assert words in (await second.get(waits)).text
        assert words in (await second.get("/people")).text
        place = await place_of(second, waits, {})
        assert words in (await second.asking.get(place)).text
        told = await touched(second, key, place)
        assert told.get("told") == "Recorded: it counts from now on.", told
        member = (await desk.directory()).person(staff_id)
        assert (member is None) == path.endswith("leave")
    assert (await second.get(f"/people/{staff_id}")).status_code == 404


@pytest.mark.slow
async def test_nobody_confirms_what_they_proposed(desk: Desk, visit: Any, somebody: str) -> None:
    waits = await proposed(desk, visit, f"/people/{somebody}/roles", {"name": "Some Body", "roles": "VERIFIER"})
    same = await visit("mira.sato")
    assert "You proposed it; another guardian confirms it." in (await same.get(waits)).text
    refused = await same.post(waits, {})
    assert (refused.status_code, "another guardian confirms it" in refused.text) == (422, True)
    member = (await desk.directory()).person(somebody)
    assert member is not None
    assert member.roles == (Role.PROPOSER,)


async def test_nobody_changes_what_is_about_themselves(desk: Desk, visit: Any) -> None:
    director = await visit("dora.kim")
    page = (await director.get("/people/dora.kim")).text
    assert "Two other guardians change what is about you." in page
    assert "/people/dora.kim/roles" not in page
    given = {"name": "Dora Kim", "roles": ["DIRECTOR", "PAYER"]}
    refused = await director.post("/people/dora.kim/roles", given)
    assert (refused.status_code, "two others must make it" in refused.text) == (422, True)


@pytest.mark.slow
async def test_who_is_no_guardian_is_offered_nothing(desk: Desk, visit: Any, somebody: str) -> None:
    visitor = await visit("pia.berg")
    assert "Add a person" not in (await visitor.get("/people")).text
    given = {"name": "Some Body", "roles": ["PAYER"]}
    refused = await visitor.post(f"/people/{somebody}/roles", given)
    assert (refused.status_code, "may not change the directory" in refused.text) == (422, True)


@pytest.mark.slow
async def test_a_change_that_was_overtaken_between_page_and_touch_is_not_recorded(
    desk: Desk, visit: Any, somebody: str
) -> None:
    """Given a page that says what becomes of somebody, when another change comes first, then its touch counts not."""
    visitor, key = await guardian(desk, visit, "mira.sato")
    given = {"name": "Some Body", "roles": ["VERIFIER"], "limits": ""}
    place = await place_of(visitor, f"/people/{somebody}/roles", given)
    statement = statement_in((await visitor.asking.get(place)).text)
    await hire(desk, f"other.{uuid4().hex[:8]}", Role.PROPOSER)
    answer = (await handed_in(visitor, place, key.sign(statement).model_dump_json())).json()
    assert "Somebody changed the directory since this was prepared" in answer["refused"]
    waiting = [change.change_id for change in (await desk.directory()).pending]
    assert statement.command_id not in waiting


async def test_a_stolen_console_changes_nobody(desk: Desk, visit: Any, somebody: str) -> None:
    """Given somebody with the console's login puts another role under an address, then nobody is asked to sign it."""
    visitor, _ = await guardian(desk, visit, "mira.sato")
    given = {"name": "Some Body", "roles": ["VERIFIER"], "limits": ""}
    place = await place_of(visitor, f"/people/{somebody}/roles", given)
    changed = "UPDATE console.prepared SET content = convert_to(replace(convert_from(content, 'UTF8'), $1, $2), 'UTF8')"
    await desk.pool.execute(changed, '"VERIFIER"', '"DIRECTOR"')
    shown = await visitor.asking.get(place)
    assert (shown.status_code, "about something else than it shows" in shown.text) == (422, True)


@pytest.mark.slow
async def test_what_waits_is_compared_in_a_shell(desk: Desk, visit: Any, shell: Shell, somebody: str) -> None:
    """Given the digest that the page that signs shows, then another machine says what is signed."""
    visitor, _ = await guardian(desk, visit, "mira.sato")
    given = {"name": "Some Body", "roles": ["VERIFIER"], "limits": ""}
    place = await place_of(visitor, f"/people/{somebody}/roles", given)
    digest = statement_in((await visitor.asking.get(place)).text).digest
    told = (await shell.done("statement", "show", digest[:16])).words
    assert "change_directory" in told
    assert somebody in told
    assert "VERIFIER" in told


@pytest.mark.slow
async def test_nobody_signs_for_another(desk: Desk, visit: Any, somebody: str) -> None:
    visitor, _ = await guardian(desk, visit, "mira.sato")
    _, other_key = await guardian(desk, visit, "dora.kim")
    given = {"name": "Some Body", "roles": ["VERIFIER"], "limits": ""}
    place = await place_of(visitor, f"/people/{somebody}/roles", given)
    statement = statement_in((await visitor.asking.get(place)).text)
    answer = (await handed_in(visitor, place, other_key.sign(statement).model_dump_json())).json()
    assert "refused" in answer
    assert statement.command_id not in [change.change_id for change in (await desk.directory()).pending]


@pytest.mark.slow
async def test_the_same_touch_twice_is_one_proposal(desk: Desk, visit: Any, somebody: str) -> None:
    visitor, key = await guardian(desk, visit, "mira.sato")
    given = {"name": "Some Body", "roles": ["VERIFIER"], "limits": ""}
    place = await place_of(visitor, f"/people/{somebody}/roles", given)
    content = key.sign(statement_in((await visitor.asking.get(place)).text)).model_dump_json()
    before = (await desk.directory()).version
    answers = [(await handed_in(visitor, place, content)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert "told" in answers[0]
    assert (await desk.directory()).version == before + 1


async def test_work_that_nobody_could_do_is_named_before(desk: Desk, visit: Any) -> None:
    visitor, _ = await guardian(desk, visit, "mira.sato")
    refused = await visitor.post("/people/paul.nkosi/leave", {})
    said = "Nobody would hold payer any more; Paul Nkosi was the last"
    assert (refused.status_code, said in refused.text) == (422, True)
    meant = await visitor.post("/people/paul.nkosi/leave", {"anyway": "yes"})
    assert meant.status_code == 303


@pytest.mark.slow
async def test_a_role_is_lent_and_called_back(desk: Desk, visit: Any, somebody: str) -> None:
    second, key = await guardian(desk, visit, "dora.kim")
    days = {"starts_on": "2026-11-01", "ends_on": "2099-12-31"}
    waits = await proposed(
        desk, visit, f"/people/{somebody}/lend", {"role": "PROPOSER", "borrower": "vera.lind", **days}
    )
    await touched(second, key, await place_of(second, waits, {}))
    assert [loan.borrower for loan in (await desk.directory()).delegations if loan.lender == somebody] == ["vera.lind"]
    waits = await proposed(desk, visit, f"/people/{somebody}/call-back", {"loan": "0"})
    await touched(second, key, await place_of(second, waits, {}))
    assert [loan for loan in (await desk.directory()).delegations if loan.lender == somebody] == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"staff_id": "Kofi"}, "write small letters, digits, points and hyphens"),
        ({"staff_id": "vera.lind"}, "the directory holds Vera Lind already"),
        ({"roles": []}, "tick one role at least"),
        ({"limits": "USD 30.000"}, "may be"),
        ({"key": "PK-AAAAAAAAAAAAAAAA"}, "no passkey of theirs that waits here has this id"),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_lost(visit: Any, given: dict[str, Any], words: str) -> None:
    visitor = await visit("mira.sato")
    whole = {"staff_id": "kofi.mensah", "name": "Kofi Mensah", "roles": ["PAYER"], **given}
    answer = await visitor.post("/directory/person", whole)
    assert (answer.status_code, words.lower() in answer.text.lower()) == (422, True), answer.text
    assert re.search(r'value="Kofi Mensah"', answer.text)


@pytest.mark.slow
async def test_a_change_that_nobody_knows_is_no_page(visit: Any) -> None:
    visitor = await visit("mira.sato")
    for path in (f"/directory/changes/{uuid4()}", "/directory/changes/none", "/people/nobody.here/roles"):
        assert (await visitor.get(path)).status_code == 404
    assert (await visitor.post(f"/directory/changes/{uuid4()}", {})).status_code == 422
