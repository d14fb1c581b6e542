"""People at the counter with a key in software: what they ask for, and their touch on the page that signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx

from accord.client.desk import Desk
from accord.web.errands import ErrandShown, SignedErrands
from domain.directory.people import KeyEnrolled
from domain.signatures.signing import PasskeySignature
from tests.accord.counter.pages.conftest import Caller
from tests.authenticators.passkeys import Authenticator
from tests.governing import decree


@dataclass
class Signer:
    """Somebody with a session at the counter and a passkey for the page that signs."""

    caller: Caller
    key: Authenticator
    console_pool: asyncpg.Pool

    async def ask(self, path: str, content: dict[str, Any] | None = None, **more: Any) -> str:
        """Ask for something up to the touch, and return the address at which it waits."""
        answer = await self.caller.post(path, content, **more)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"]).rpartition("/")[2]

    async def refused(self, path: str, content: dict[str, Any] | None = None, **more: Any) -> str:
        """Ask for something that is refused before any touch, and return the words."""
        answer = await self.caller.post(path, content, **more)
        assert answer.status_code == 422, answer.text
        return answer.text

    async def shown(self, address: str) -> ErrandShown:
        """What the page that signs sees of it."""
        found = await SignedErrands(self.console_pool).at(address)
        assert found is not None
        return found

    async def touch(self, address: str, signature: PasskeySignature | None = None) -> dict[str, Any]:
        """Touch the key, and return what the page that signs answers."""
        signed = signature or self.key.sign((await self.shown(address)).statement)
        return dict((await handed_in(self.caller, address, signed.model_dump_json())).json())

    async def does(self, path: str, content: dict[str, Any] | None = None, **more: Any) -> str:
        """Ask, touch, and return what was done."""
        answer = await self.touch(await self.ask(path, content, **more))
        assert "told" in answer, answer
        return str(answer["told"])


async def handed_in(caller: Caller, address: str, body: str) -> httpx.Response:
    """Hand in what a key answered, as the page that signs does."""
    origin = caller.settings.signing_origin
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    return await caller.asking.post(f"{origin}/sign/{address}", content=body, headers=headers)


async def signer(call: Any, desk: Desk, console_pool: asyncpg.Pool, staff_id: str) -> Signer:
    """Give a person a session and a passkey, which two guardians enter."""
    caller = await call(staff_id)
    key = Authenticator(origin=caller.settings.signing_origin, party="localhost")
    await decree(desk, KeyEnrolled(staff_id=staff_id, key=key.key))
    return Signer(caller, key, console_pool)
