"""A form filled in, the page that signs read, and a key touched: what the console answers."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

from accord.client.desk import Desk
from accord.console.serving.settings import ConsoleSettings
from accord.organisation.governance import change_directory, confirm_change
from domain.directory.people import KeyEnrolled
from domain.signatures.signing import Statement
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import handed_in
from tests.authenticators.passkeys import Authenticator

GUARDIANS = ("dora.kim", "mira.sato", "otto.audit")


async def with_key(desk: Desk, settings: ConsoleSettings, staff_id: str) -> Authenticator:
    """A new passkey of somebody, which two guardians entered: two whom it does not concern."""
    made = Authenticator(origin=settings.signing_origin, party="localhost")
    first, second = [one for one in GUARDIANS if one != staff_id][:2]
    changed = await change_directory(desk, (KeyEnrolled(staff_id=staff_id, key=made.key),), first)
    assert changed.change_id is not None
    await confirm_change(desk, changed.change_id, second)
    return made


async def place_of(visitor: Visitor, path: str, given: dict[str, Any]) -> str:
    """The address of the page that signs what a form asks for."""
    sent = await visitor.post(path, given)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def statement_in(shown: str) -> Statement:
    said = re.search(r'id="statement" name="statement" value="([^"]*)"', shown)
    assert said is not None, shown
    return Statement.model_validate_json(html.unescape(said[1]))


async def touched(visitor: Visitor, key: Authenticator, place: str) -> dict[str, Any]:
    """What the console answers once somebody read what waits at an address, and touched their key."""
    shown = await visitor.asking.get(place)
    assert shown.status_code == 200, shown.text
    answered: dict[str, Any] = (
        await handed_in(visitor, place, key.sign(statement_in(shown.text)).model_dump_json())
    ).json()
    return answered


def a_name() -> str:
    return f"FD-2026-{uuid4().hex[:8].upper()}"
