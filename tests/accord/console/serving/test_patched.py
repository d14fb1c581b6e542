"""A console that somebody took over decides nothing: what it can send is not signed, what it can write is no event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
from temporalio.client import Client

from accord.client.desk import Desk
from accord.client.sending import Sending
from accord.client.sight import Sight, make_command
from accord.presentation.faults import Refused
from domain.directory.people import KeyEnrolled
from domain.partnership import commands as c
from domain.signatures.signing import Shown
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.authenticators.passkeys import Authenticator
from tests.governing import decree

Visit = Callable[[str], Any]


def approval(seen: Sight, **content: Any) -> c.StaffRequest:
    """The command that a patched console makes up in somebody's name."""
    told = {"reason": "within the budget", "no_interest": True, **content}
    return make_command(seen, c.Approve, "femi.ade", told)


@pytest.fixture
async def taken(desk: Desk, worker: None, console_pool: asyncpg.Pool, client: Client, reference: str) -> Sending:
    """All that a console has: its database login, and Temporal. A grant waits for approval."""
    await waiting_for_approval(desk, reference)
    return Sending(console_pool, client=client, patience=60)


async def test_a_decision_without_a_signature_is_refused(taken: Sending, desk: Desk, reference: str) -> None:
    seen = await desk.known_sight(reference)
    with pytest.raises(Refused):
        await taken.send(reference, approval(seen))
    assert (await desk.known_partnership(reference)).approvals == ()


@pytest.mark.slow
async def test_a_key_that_the_console_made_for_itself_signs_nothing(taken: Sending, desk: Desk, reference: str) -> None:
    seen, own = await desk.known_sight(reference), Authenticator(origin="http://localhost:1", party="localhost")
    command = approval(seen)
    shown = Shown(version=seen.version, position=seen.position, terms=seen.terms)
    statement = command.statement(reference, shown).within((await desk.directory()).log)
    with pytest.raises(Refused):
        await taken.send(reference, command.model_copy(update={"signature": own.sign(statement)}))
    assert (await desk.known_partnership(reference)).approvals == ()


@pytest.mark.slow
async def test_a_touch_for_one_decision_is_no_signature_of_another(taken: Sending, desk: Desk, reference: str) -> None:
    """Given an assertion for a hold, when the console puts it on an approval, or alters its reason, it is refused."""
    key = Authenticator(origin="http://localhost:1", party="localhost")
    await decree(desk, KeyEnrolled(staff_id="femi.ade", key=key.key))
    seen = await desk.known_sight(reference)
    log, shown = (await desk.directory()).log, Shown(version=seen.version, position=seen.position, terms=seen.terms)

    def hold(reason: str) -> tuple[c.StaffRequest, Any]:
        made = make_command(seen, c.PlaceHold, "femi.ade", {"reason": reason})
        return made, key.sign(made.statement(reference, shown).within(log))

    held, touched = hold("a question")
    for other in (approval(seen), held.model_copy(update={"reason": "another one"})):
        with pytest.raises(Refused):
            await taken.send(reference, other.model_copy(update={"signature": touched}))
    assert (await desk.known_partnership(reference)).hold is None
    honest, touched = hold("a question to the payee")
    assert (await taken.send(reference, honest.model_copy(update={"signature": touched}))).on_hold


async def test_its_login_changes_no_line_of_any_list(console_pool: asyncpg.Pool) -> None:
    for query in (
        "UPDATE projection.lines SET amount = 1",
        "DELETE FROM projection.lines",
        "INSERT INTO projection.late SELECT 'partnerships', 8, 'partnership/P-2026-0001', '[2026-01-01,2026-01-02)'",
        "SELECT projection.forget('{partnership/P-2026-0001}')",
        "SELECT privacy.rewrite()",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await console_pool.execute(query)
