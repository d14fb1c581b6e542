"""The forms of a run, opened as the process of mail opens them and begun in a browser, each with its link."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any, Final
from uuid import UUID

from accord.grantee.store import GranteeLink
from accord.grantee.visit import cookie_of, name_of, new_browser
from bench.door.house import House
from bench.door.lines import BegunForm
from domain.partnership.submission.invitations import form_id
from domain.submissions.kinds import DoorForm
from ledger import clock
from records.submissions.forms import NewForm, asked_code, make_code, make_link, open_form

SHOWN: Final[Mapping[str, Any]] = {
    "title": "Digital skills for rural libraries", "partner": "Riverbend Library Network", "currency": "USD",
    "report_kind": "INTERIM",
    "lines": [{"number": number, "what": f"Cost line {number}", "sum": "USD 6,000.00"} for number in range(1, 11)],
    "milestones": [{"number": number, "what": f"Step {number}", "due_on": "2026-05-31"} for number in range(1, 6)],
    "indicators": [{"number": number, "what": f"Librarians of group {number}", "target": "40"} for number in (1, 2, 3)],
}  # fmt: skip
"""What a form shows: ten lines of a budget, five steps, three indicators."""
ANSWERS: Final[Mapping[str, Any]] = {
    "summary": "Eleven courses were held in the libraries of five districts, and a library lent each device. " * 8,
    **{f"milestones.{number}": {"state": "DONE", "words": "as planned"} for number in range(1, 6)},
    **{f"results.{number}": {"achieved": "40"} for number in (1, 2, 3)},
    **{f"lines.{number}": {"spent": "6,000.00"} for number in range(1, 11)},
    "given.name": "Ida Holm",
    "given.capacity": "Director",
}
"""A whole report, as it lies in the form before somebody hands it in."""
AT_ONCE: Final = 8
_numbers: Final = count(100_000)


async def begun_forms(house: House, number: int, *, whole: bool = False) -> list[BegunForm]:
    """Return so many forms that browsers began. `whole`: they are filled in, and a code was mailed for each."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def begun() -> BegunForm:
        async with gate:
            return await _begun(house, whole)

    return list(await asyncio.gather(*(begun() for _ in range(number))))


async def _begun(house: House, whole: bool) -> BegunForm:
    subject = f"P-2026-{next(_numbers)}"
    form = NewForm(
        form_id(subject, DoorForm.REPORT, "1", 0), DoorForm.REPORT, subject, "1", None, "en",
        clock.now() + timedelta(days=30),
    )  # fmt: skip
    async with house.pool.acquire() as connection:
        key = await open_form(connection, form, SHOWN)
        secret = await make_link(connection, form, key, "ida.holm@library.example")
    browser, name = new_browser(), name_of(secret)
    link = GranteeLink(house.login, secret, browser)
    await link.enter()
    code = await _filled(house, link) if whole else ""
    return BegunForm(str(form.id), name, f"{cookie_of(name)}={secret}.{browser}", code)


async def _filled(house: House, link: GranteeLink) -> str:
    """Fill a form in, and return the digits of the code that was mailed for it."""
    form = await link.look()
    if form is None:
        raise RuntimeError("a link that was just made opens nothing")
    for field, value in ANSWERS.items():
        await link.save(form, field, value, 0)
    await link.ask_code("SUBMIT")
    async with house.pool.acquire() as connection:
        code: UUID = await connection.fetchval("SELECT id FROM grantee.codes WHERE link = $1", form.link)
        asked = await asked_code(connection, code)
        if asked is None:
            raise RuntimeError("a code that was just asked for is not there")
        return await make_code(connection, code, asked, form.key)
