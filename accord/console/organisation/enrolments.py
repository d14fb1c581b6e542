"""Passkeys that people made on the page that signs, until guardians enter them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from accord.console.serving.desk import Console
from accord.organisation.passkeys import Registration, passkey_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.days import day_in_words
from domain.directory.directory import Directory
from domain.directory.people import KeyEnrolled
from domain.signatures.passkeys import PasskeyKey

KEPT: Final = timedelta(days=14)
MOST_OF_ONE: Final = 5
"""Passkeys under one id that wait at once. Whoever opens the page may leave one, so it is few."""
MOST: Final = 500
"""Passkeys that wait at once in all."""

_DROP: Final = "DELETE FROM console.enrolments WHERE made_at < ledger.now() - $1::interval"
_KEEP: Final = """
INSERT INTO console.enrolments (key_id, staff_id, content) SELECT $1, $2, $3
 WHERE (SELECT count(*) FROM console.enrolments WHERE staff_id = $2) < $4
   AND (SELECT count(*) FROM console.enrolments) < $5
ON CONFLICT (key_id) DO NOTHING RETURNING true
"""
_HELD: Final = "SELECT true FROM console.enrolments WHERE key_id = $1 AND staff_id = $2"
_OF: Final = """
SELECT content, made_at FROM console.enrolments
 WHERE ($1 = '' OR staff_id = $1) AND made_at > ledger.now() - $2::interval ORDER BY made_at
"""

_WAITING: Final = "SELECT key_id, staff_id FROM console.enrolments WHERE made_at > ledger.now() - $1::interval"


class Enrolment(NamedTuple):
    """A passkey that somebody made, and nobody entered yet."""

    staff_id: str
    key: PasskeyKey
    made_at: datetime


async def keep(console: Console, registration: Registration) -> PasskeyKey:
    """Keep a passkey for the guardians, and return it.

    Raises:
        BadInput: It is no registration of a passkey, or was made elsewhere.
        Refused: Too many wait.
    """
    key = passkey_of(registration)
    if key.origin != console.settings.signing_origin:
        raise BadInput(f"it was made for {key.origin}, and does not count here")
    pool, content = console.desk.pool, registration.model_dump_json().encode()
    await pool.execute(_DROP, KEPT)
    kept = await pool.fetchval(_KEEP, key.key_id, registration.staff_id, content, MOST_OF_ONE, MOST)
    if not kept and not await pool.fetchval(_HELD, key.key_id, registration.staff_id):
        raise Refused("too many passkeys wait for the guardians already; keep the file, and hand it to one of them")
    return key


async def waiting_enrolments(console: Console, staff_id: str = "") -> list[Enrolment]:
    """Return the passkeys of somebody, or of all, that wait to be entered, the oldest first. Each is read anew."""
    rows = await console.desk.pool.fetch(_OF, staff_id, KEPT)
    registrations = [(Registration.model_validate_json(row["content"]), row["made_at"]) for row in rows]
    held = {held_key.key.key_id for held_key in (await console.desk.directory()).enrolled}
    enrolments = (
        Enrolment(registration.staff_id, passkey_of(registration), made_at) for registration, made_at in registrations
    )
    return [enrolment for enrolment in enrolments if enrolment.key.key_id not in held]


def made_in_words(enrolment: Enrolment) -> str:
    """Return a passkey that waits in words, without its id: its owner tells it from what their own browser showed."""
    return f"“{enrolment.key.name}”, made on {day_in_words(enrolment.made_at)}"


async def unentered(console: Console, directory: Directory) -> Counter[str]:
    """Return by person of the directory how many passkeys wait that no guardian entered yet."""
    rows = await console.desk.pool.fetch(_WAITING, KEPT)
    asked = {
        fact.key.key_id for change in directory.pending for fact in change.changes if isinstance(fact, KeyEnrolled)
    }
    known = asked | {held_key.key.key_id for held_key in directory.enrolled}
    waiting = (row["staff_id"] for row in rows if row["key_id"] not in known)
    return Counter(staff_id for staff_id in waiting if directory.person(staff_id) is not None)


async def key_told(console: Console, staff_id: str, told: str) -> PasskeyKey:
    """Return the passkey of somebody that has the id which they told.

    Raises:
        BadInput: None of theirs that waits has it.
    """
    key_id = told.upper().replace(" ", "")
    for enrolment in await waiting_enrolments(console, staff_id):
        if enrolment.key.key_id == key_id:
            return await without_making(console, enrolment.key)
    raise BadInput(
        "key: no passkey of theirs that waits here has this id; ask them again, and enter nothing that does not match"
    )


async def without_making(console: Console, key: PasskeyKey) -> PasskeyKey:
    """Return a passkey as it is entered: how it was made goes on record where models are listed, else nobody looks."""
    rules = (await console.desk.directory()).rules
    return key if rules is not None and rules.models else key.model_copy(update={"made": None})
