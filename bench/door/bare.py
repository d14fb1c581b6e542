"""A text that is saved beside a bare UPDATE of the same row, in turns on one quiet form."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable
from typing import Any, Final
from uuid import UUID

from accord.grantee.store import GranteeLink
from bench.door.crowds import Waits
from bench.door.forms import begun_forms
from bench.door.house import House
from bench.door.lines import BegunForm, Lines

ROUNDS: Final = 200
"""Fewer than a link may ask at once."""
OVER_HTTP: Final = "on a quiet door, over HTTP"
BY_FUNCTION: Final = "of which its function, by the door's login"
BARE: Final = "a bare UPDATE of the same row, by its owner, since the door's login may touch no table"
_UPDATE: Final = "UPDATE grantee.fields SET value = $2 WHERE form = $1 AND field = 'summary' AND stands"


async def save_beside_update(house: House) -> dict[str, Waits]:
    """Return the waits of each way to save a text."""
    [form] = await begun_forms(house, 1)
    cookie = form.cookie.partition("=")[2]
    link = GranteeLink(house.login, cookie.partition(".")[0], cookie.partition(".")[2])
    known = await link.look()
    assert known is not None
    lines, base = Lines(house.door), 0
    waits: dict[str, list[float]] = {OVER_HTTP: [], BY_FUNCTION: [], BARE: []}
    for number in range(ROUNDS):
        text = f"Eleven courses were held, {number} " * 10
        base = await _timed(waits[OVER_HTTP], _put(lines, form, text, base))
        saved = await _timed(waits[BY_FUNCTION], link.save(known, "summary", f"{text}.", base))
        assert saved is not None
        base = saved.revision
        stored = known.sealing.sealed("field/summary", json.dumps(f"{text}!").encode())
        await _timed(waits[BARE], house.pool.execute(_UPDATE, UUID(form.form), stored))
    return {way: Waits(seconds) for way, seconds in waits.items()}


async def _put(lines: Lines, form: BegunForm, text: str, base: int) -> int:
    content = json.dumps({"value": {"": text}, "base": base}).encode()
    answer = await lines.ask("PUT", f"/form/{form.name}/field/summary", form.cookie, content)
    return int(json.loads(answer.body)["revision"])


async def _timed(seconds: list[float], work: Awaitable[Any]) -> Any:
    began = time.perf_counter()
    outcome = await work
    seconds.append(time.perf_counter() - began)
    return outcome
