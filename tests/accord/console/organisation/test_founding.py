"""From an empty database to a directory that four people keep by browser: one command records what they prepared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from deploy.embedded.stack import Stack
from records.funds import Funds
from tests.accord.console.organisation.empty import an_empty_house
from tests.accord.console.organisation.founders import PEOPLE, decided, people_at_browsers, prepared, signed
from tests.accord.shell import Shell
from tests.conftest import Office


@pytest.fixture(scope="module")
async def office(stack: Stack, template: str) -> AsyncIterator[Office]:
    """A database in which nobody founded a directory."""
    async with an_empty_house(stack, template) as house:
        yield house


@pytest.fixture(scope="module")
def operator(stack: Stack, office: Office) -> Shell:
    """A terminal of whoever runs the database."""
    return Shell(ACCORD_DATABASE_URL=office.url, TEMPORAL_ADDRESS=stack.state.temporal_address)


@pytest.mark.slow
async def test_four_people_found_a_directory_and_keep_it_by_browser(
    at_a_browser: Any, operator: Shell, desk: Desk, tmp_path: Path
) -> None:
    """Given an empty database, when one command recorded four people with passkeys, then all else is by browser."""
    made = await people_at_browsers(at_a_browser, tmp_path)
    ada, ben, cleo, dan = (made[staff_id][0] for staff_id in PEOPLE)
    code = await prepared(ada, {staff_id: key for staff_id, (_, key) in made.items()})
    assert (await desk.directory()).version == 0
    told = (await operator.done("directory", "found", *code.split(), "--yes")).words
    assert "Ada Obi (ada.obi) joins as programme approver and director" in told
    assert made["ada.obi"][1] in told
    assert "These people cannot lead a grant yet, of whatever sum." in told
    directory = await desk.directory()
    assert directory.sealed
    assert directory.epoch is not None
    assert {held.key.key_id for held in directory.keys} == {key for _, key in made.values()}

    for person in (ada, ben, cleo, dan):
        await person.sign_in()
    await decided(ada, ben, "/people/dan.ito/roles", limits="USD 5,000.00")
    member = (await desk.directory()).person("dan.ito")
    assert member is not None
    assert [str(limit.amount) for limit in member.limits] == ["5000.00"]
    await decided(cleo, ben, "/directory/funder", name="Lake Fund", funder_id="LAKE", account="BA-W7SW7OMSGC5X")
    await signed(dan, "/funds/open", name="Connect", fund="FD-2026-CONNECT", programme="Connect")
    await signed(dan, "/funds/FD-2026-CONNECT/budget", amount="60,000.00", reason="resolution 1")
    await ada.page.goto(ada.settings.origin + "/funds/FD-2026-CONNECT")
    await ada.page.click("text=Confirm")
    assert "the budget of Connect becomes USD 60,000.00" in await ada.page.inner_text("h1")
    await ada.touch()
    assert (await Funds(desk.reader).read("FD-2026-CONNECT")).budget == Decimal(60000)
    assert [person.complaints for person in (ada, ben, cleo, dan)] == [[]] * 4

    refused = await operator("directory", "found", *code.split(), "--yes")
    assert "founded already" in refused.words
    page = await ada.page.goto(ada.settings.origin + "/found")
    assert page is not None
    assert page.status == 401
