"""A touch that was refused spoils nothing: the next one is judged by itself, and what is recorded is recorded once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.signatures.passkeys import PRESENT
from domain.signatures.signing import Statement
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import begun, handed_in, key_of, listed, touched
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.serving.test_nothing_is_lost import prepared_hold
from tests.authenticators.passkeys import Authenticator

Visit = Callable[[str], Any]


def by_another_key(key: Authenticator, statement: Statement) -> str:
    return Authenticator(origin=key.origin, party=key.party).sign(statement).model_dump_json()


def by_nobody_verified(key: Authenticator, statement: Statement) -> str:
    return key.sign(statement, flags=PRESENT).model_dump_json()


REFUSED: dict[str, tuple[Callable[[Authenticator, Statement], str], str]] = {
    "wrong key": (by_another_key, "of Femi Ade in force"),
    "not verified": (by_nobody_verified, "did not verify who touched it"),
}


async def holder(desk: Desk, visit: Visit) -> tuple[Visitor, Authenticator]:
    visitor = await visit("femi.ade")
    return visitor, await key_of(desk, visitor.settings, "femi.ade")


async def told(desk: Desk, reference: str) -> list[str]:
    return [one.event.event_type for one in await desk.history(reference)]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("fault", REFUSED)
async def test_the_right_touch_is_recorded_after_one_that_was_refused(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool, reference: str, fault: str
) -> None:
    await waiting_for_approval(desk, reference)
    visitor, key = await holder(desk, visit)
    place, waiting = await prepared_hold(visitor, desk, console_pool, reference)
    wrong, reason = REFUSED[fault]
    for _ in range(2):
        answer = await handed_in(visitor, place, wrong(key, waiting.statement))
        assert reason in answer.json()["refused"]
    assert (await desk.known_partnership(reference)).hold is None
    for _ in range(2):
        answer = await handed_in(visitor, place, key.sign(waiting.statement).model_dump_json())
        assert answer.json().get("proof", answer.text).startswith("Recorded as entry ")
    assert ((await told(desk, reference)).count("HoldPlaced"), (await told(desk, reference))[-1]) == (1, "HoldPlaced")


@pytest.mark.slow
async def test_a_wrong_touch_beside_the_right_one_takes_nothing_from_it(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool, reference: str
) -> None:
    """Given one decision, when wrong touches and right ones of it arrive at once, then each right one is answered."""
    await waiting_for_approval(desk, reference)
    visitor, key = await holder(desk, visit)
    place, waiting = await prepared_hold(visitor, desk, console_pool, reference)
    right = [key.sign(waiting.statement).model_dump_json() for _ in range(2)]
    wrong = [by_another_key(key, waiting.statement), by_nobody_verified(key, waiting.statement)]
    answers = await asyncio.gather(*(handed_in(visitor, place, one) for one in (wrong[0], *right, wrong[1])))
    assert [answers[1].json().get("told", "")[:8], answers[2].json().get("told", "")[:8]] == ["On hold."] * 2
    assert (await told(desk, reference)).count("HoldPlaced") == 1


@pytest.mark.slow
async def test_a_list_is_recorded_after_a_touch_of_it_that_was_refused(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool, reference: str
) -> None:
    other = f"{reference[:-4]}{int(reference[-4:]) + 4000}"
    references = [await waiting_for_approval(desk, one) for one in (reference, other)]
    visitor, key = await holder(desk, visit)
    batch = await begun(visitor, "hold", references, reason="a question to both")
    place, waiting = await listed(visitor, console_pool, batch)
    wrong = Authenticator(origin=key.origin, party=key.party)
    assert (await handed_in(visitor, place, touched(wrong, waiting))).json()["told"].startswith("0 recorded.")
    assert (await handed_in(visitor, place, touched(key, waiting))).json()["told"] == "2 recorded."
