"""Secrets are changed while partnerships are under way: logins' passwords, the ring of payloads, the provider's."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import asyncpg

from deploy.embedded.postgres import DATABASE
from deploy.embedded.stack import Stack
from deploy.logins import Login, as_user, read_secret
from deploy.payloads.keys import FILE, PayloadKeys
from tests.drills.course import Course
from tests.drills.faults.signing_in import drill_sign_in
from tests.drills.faults.troubled_office import TroubledOffice, comes, is_a_sentence, restart

WORKERS: Final = 2
"""As many as a deployment has: one works while the other starts anew."""


async def drill_secrets(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Change each secret by the table of docs/operations.md, and let everybody go on."""
    office = TroubledOffice(folder, seed, partnerships)
    office.stack = Stack(folder / "stack", workers=WORKERS)
    await office.open()
    try:
        await office.until_the_bank_spoke(1)
        await _passwords(office, course)
        await _ring(office, course)
        await drill_sign_in(office, course)
        await office.to_the_end(course)
    finally:
        await office.close()


async def _passwords(office: TroubledOffice, course: Course) -> None:
    """Every login gets another secret, and each process starts anew, one after the other, while people work."""
    secrets = office.stack.postgres.secrets
    old = {login: read_secret(secrets / login) for login in Login}
    let_in = await _let_in(office, old)
    course.promise(f"the secrets of {len(let_in)} logins open the database", let_in == set(Login), set(Login) - let_in)
    for login in Login:
        (secrets / login).unlink()
    await office.done("migrate", "--logins", str(secrets))
    new = {login: read_secret(secrets / login) for login in Login}
    let_in = await _let_in(office, old)
    course.promise("once changed, none of the old ones does", not let_in, let_in)
    let_in = await _let_in(office, new)
    course.promise("and each of the new ones", let_in == set(Login), set(Login) - let_in)
    await _anew(office)
    course.say(f"{len(office.stack.workers)} processes started anew with them, while everybody worked")


async def _let_in(office: TroubledOffice, secrets: dict[Login, str]) -> set[Login]:
    """Return the logins whose secrets open the database."""
    return {login for login, secret in secrets.items() if await _opens(office, login, secret)}


async def _opens(office: TroubledOffice, login: Login, secret: str) -> bool:
    try:
        connection = await asyncpg.connect(as_user(office.stack.postgres.address, login.of(DATABASE), secret))
    except asyncpg.InvalidPasswordError:
        return False
    await connection.close()
    return True


async def _anew(office: TroubledOffice) -> None:
    """Start each process anew, one after the other."""
    for process in office.stack.workers:
        await restart(process)


async def _ring(office: TroubledOffice, course: Course) -> None:
    """A new key of payloads reads everywhere before it writes anywhere. The old one stays while a run bears it."""
    secrets = office.stack.postgres.secrets
    old = PayloadKeys.read(secrets / FILE).writes.key_id
    await office.done("payloads", "new-key", "--folder", str(secrets))
    new = PayloadKeys.read(secrets / FILE).keys[-1].key_id
    await _anew(office)
    await _shells_anew(office)
    await office.done("payloads", "use", new, "--folder", str(secrets))
    await _anew(office)
    await _shells_anew(office)
    answered = await comes(office.all_answer)
    course.promise(f"{new} writes, and every open partnership answers", answered, await office.silent())
    status = await office.accord("payloads", "status")
    course.promise("no run bears a key that is not here", not status.code, status.words)
    dropped = await office.accord("payloads", "drop", old, "--folder", str(secrets))
    course.promise(
        f"the old key cannot be dropped while it is needed: {dropped.words.strip()}",
        dropped.code == 1 and is_a_sentence(dropped.words),
        dropped,
    )


async def _shells_anew(office: TroubledOffice) -> None:
    """Everybody closes their shell and opens another, which reads the ring anew."""
    await office.rest()
    await asyncio.sleep(0)
    await office.resume()
