"""What is no founding is not recorded, and the console founds nothing by itself."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, Final

import asyncpg
import httpx
import pytest

from accord.client.desk import Desk
from accord.organisation.passkeys import Registration
from deploy.embedded.stack import Stack
from domain.directory.tiers import FIRST_RULES
from domain.partnership.people.fewest import first_staff
from tests.accord.console.conftest import Visitor
from tests.accord.console.organisation.empty import an_empty_house
from tests.accord.shell import Shell
from tests.authenticators.attesting import making
from tests.authenticators.passkeys import Authenticator
from tests.conftest import Office

RULES: Final = {"currency": "USD", "small": "10000", "large": "", "cooling_off_days": "3", "count": "4"}


@pytest.fixture(scope="module")
async def office(stack: Stack, template: str) -> AsyncIterator[Office]:
    """A database in which nobody founded a directory before the last test does."""
    async with an_empty_house(stack, template) as house:
        yield house


@pytest.fixture(scope="module")
def operator(stack: Stack, office: Office) -> Shell:
    """A terminal of whoever runs the database."""
    return Shell(ACCORD_DATABASE_URL=office.url, TEMPORAL_ADDRESS=stack.state.temporal_address)


async def left(visitor: Visitor, staff_id: str, key: Authenticator | None = None) -> str:
    """Leave a passkey of somebody on the page that makes them, and return its id."""
    origin = visitor.settings.signing_origin
    device = key or Authenticator(origin=origin, party="localhost")
    made = Registration(
        staff_id=staff_id, name="the key in the drawer", origin=origin, relying_party="localhost",
        **making(device, owner=staff_id, signer=None).model_dump(),
    )  # fmt: skip
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    content = made.model_dump_json()
    answer = await visitor.asking.post(f"{origin}/enrol/{staff_id}", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    return device.key.key_id


def people(*entries: tuple[str, str, list[str]]) -> dict[str, Any]:
    """What a form says of people: id, the id of their key, and roles."""
    given: dict[str, Any] = dict(RULES)
    for number, (staff_id, key, roles) in enumerate(entries):
        own = {"staff_id": staff_id, "name": staff_id.title(), "key": key, "roles": roles}
        given |= {f"{name}_{number}": text for name, text in own.items()}
    return given


async def code_of(visitor: Visitor, given: dict[str, Any]) -> tuple[str, ...]:
    sent = await visitor.post("/found", given)
    assert sent.status_code == 303, sent.text
    page = await visitor.get(sent.headers["location"])
    found = re.search(r"accord directory found ([0-9a-f ]+)<", page.text)
    assert found is not None, page.text
    return tuple(found[1].split())


async def refused(visitor: Visitor, given: dict[str, Any], words: str) -> httpx.Response:
    answer = await visitor.post("/found", given)
    assert (answer.status_code, words.lower() in answer.text.lower()) == (422, True), answer.text
    return answer


@pytest.mark.slow
async def test_a_founding_that_nobody_could_change_is_not_prepared(visit: Any) -> None:
    visitor = await visit("")
    ada, ben = await left(visitor, "ada.obi"), await left(visitor, "ben.roy")
    alone = people(("ada.obi", ada, ["DIRECTOR"]), ("ben.roy", ben, ["PAYER"]))
    await refused(visitor, alone, "two guardians with passkeys are needed")
    keyless = people(("ada.obi", ada, ["DIRECTOR"]), ("ben.roy", "", ["AUDITOR"]))
    await refused(visitor, keyless, "two guardians with passkeys are needed")
    auditors = people(("ada.obi", ada, ["AUDITOR"]), ("ben.roy", ben, ["AUDITOR"]))
    await refused(visitor, auditors, "one of them a director")
    twice = people(("ada.obi", ada, ["DIRECTOR"]), ("ada.obi", ada, ["AUDITOR"]))
    await refused(visitor, twice, "two people have the same id")


async def test_the_same_key_for_two_people_or_another_than_was_told_is_not_prepared(visit: Any) -> None:
    visitor = await visit("")
    shared = Authenticator(origin=visitor.settings.signing_origin, party="localhost")
    cleo = await left(visitor, "cleo.tan", shared)
    wrong = people(("cleo.tan", "PK-ABCDEFGHIJKLMNOP", ["DIRECTOR"]))
    await refused(visitor, wrong, "no passkey of theirs that waits here has this id")
    of_another = people(("dan.ito", cleo, ["DIRECTOR"]))
    await refused(visitor, of_another, "no passkey of theirs that waits here has this id")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"small": "10.000"}, "may be"),
        ({"large": "5"}, "write a sum above the one before"),
        ({"cooling_off_days": "soon"}, "write a number of days"),
        ({"currency": "DOLLAR"}, "write the three letters"),
        ({"roles_0": []}, "tick one role at least"),
        ({"staff_id_0": "Eva"}, "write small letters"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    visit: Any, desk: Desk, given: dict[str, Any], words: str
) -> None:
    visitor = await visit("")
    await desk.pool.execute("DELETE FROM console.enrolments")
    eva, fay = await left(visitor, "eva.low"), await left(visitor, "fay.orr")
    whole = people(("eva.low", eva, ["DIRECTOR"]), ("fay.orr", fay, ["AUDITOR"])) | given
    answer = await refused(visitor, whole, words)
    assert 'value="Eva.Low"' in answer.text


async def test_the_form_offers_as_few_people_as_can_approve_any_sum(visit: Any) -> None:
    """Given an empty directory, when the form is opened, then it has the rows, roles and rules of the first staff."""
    page = (await (await visit("")).get("/found")).text
    ticked = re.findall(r'name="roles_(\d+)" value="(\w+)" checked', page)
    offered = [(str(place), role) for place, member in enumerate(first_staff()) for role in member.roles]
    assert sorted(ticked) == sorted(offered)
    assert f"Person {len(first_staff())}" in page
    assert f"Person {len(first_staff()) + 1}" not in page
    assert f'value="{FIRST_RULES.tiers[0].up_to:,}"' in page


async def test_before_the_founding_it_is_said_what_its_people_cannot_approve(visit: Any, desk: Desk) -> None:
    """Given two guardians, when they prepare a founding, then the page says that they lead no grant yet."""
    visitor = await visit("")
    lou, max_id = await left(visitor, "lou.ash"), await left(visitor, "max.orn")
    two = people(("lou.ash", lou, ["DIRECTOR"]), ("max.orn", max_id, ["AUDITOR"]))
    page = await visitor.get((await visitor.post("/found", two)).headers["location"])
    assert "These people cannot lead a grant yet, of whatever sum." in page.text
    assert (await desk.directory()).version == 0


async def test_one_more_person_is_a_press_and_loses_nothing(visit: Any) -> None:
    visitor = await visit("")
    answer = await visitor.post("/found", people(("gus.fox", "", ["PAYER"])) | {"do": "more"})
    assert (answer.status_code, "Person 5" in answer.text, 'value="gus.fox"' in answer.text) == (200, True, True)


async def test_the_command_records_what_was_read_and_nothing_that_was_changed_since(
    desk: Desk, visit: Any, operator: Shell, console_pool: asyncpg.Pool
) -> None:
    """Given somebody with the console's login, when they put another name under the code, then nothing is founded."""
    visitor = await visit("")
    hal, ida = await left(visitor, "hal.sun"), await left(visitor, "ida.moe")
    code = await code_of(visitor, people(("hal.sun", hal, ["DIRECTOR"]), ("ida.moe", ida, ["AUDITOR"])))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await console_pool.execute("UPDATE console.prepared SET content = ''")
    changed = "UPDATE console.prepared SET content = convert_to(replace(convert_from(content, 'UTF8'), $1, $2), 'UTF8')"
    await desk.pool.execute(changed, "Hal.Sun", "Mal.Sun")
    answer = await operator("directory", "found", *code, "--yes")
    assert "no founding waits under this code" in answer.words
    short = await operator("directory", "found", "12ab", "--yes")
    assert "CODE: give 16 to 64" in short.words
    assert (await desk.directory()).version == 0


async def test_who_does_not_agree_founds_nothing(desk: Desk, visit: Any, operator: Shell) -> None:
    """Given the command asks whether these are the people, when nobody says yes, then nothing is recorded."""
    visitor = await visit("")
    jon, kim = await left(visitor, "jon.ray"), await left(visitor, "kim.lee")
    code = await code_of(visitor, people(("jon.ray", jon, ["DIRECTOR"]), ("kim.lee", kim, ["AUDITOR"])))
    answer = await operator("directory", "found", *code)
    assert "Jon.Ray (jon.ray) joins as director" in answer.words
    assert jon in answer.words
    assert (await desk.directory()).version == 0


async def test_before_the_founding_nobody_signs_in_and_nothing_else_is_served(visit: Any) -> None:
    visitor = await visit("")
    assert "Found the directory" in (await visitor.get("/welcome")).text
    assert (await visitor.get("/people")).status_code == 303
    assert (await visitor.get("/found/guessed")).status_code == 404


async def test_last_of_all_what_was_prepared_and_agreed_to_founds_the_directory(
    desk: Desk, visit: Any, operator: Shell
) -> None:
    """Given two guardians who are prepared, when the command is agreed to, then they keep the directory."""
    visitor = await visit("")
    ned, oda = await left(visitor, "ned.lau"), await left(visitor, "oda.wik")
    code = await code_of(visitor, people(("ned.lau", ned, ["DIRECTOR"]), ("oda.wik", oda, ["AUDITOR"])))
    told = (await operator.done("directory", "found", *code, "--yes")).words
    assert "Ned.Lau (ned.lau) joins as director" in told
    directory = await desk.directory()
    assert directory.sealed
    assert directory.epoch is not None
    assert {held.key.key_id for held in directory.keys} == {ned, oda}
    assert "founded already" in (await operator("directory", "found", *code, "--yes")).words
    assert (await visitor.get("/found")).status_code == 401
