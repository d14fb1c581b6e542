"""The passkeys that a page can ask for."""

from __future__ import annotations

from typing import NamedTuple

from accord.console.organisation.enrolments import made_in_words, waiting_enrolments
from accord.console.serving.desk import Console
from domain.signatures.passkeys import PasskeyKey


class Passkeys(NamedTuple):
    """A person's passkeys for the page that signs."""

    in_force: list[PasskeyKey]
    made: list[str]
    """In words those that wait for guardians. They are looked for only where none is in force."""


async def passkeys_of(console: Console, staff_id: str) -> Passkeys:
    """Return a person's passkeys whose assertions count on the page that signs, or those that are to be entered."""
    public_keys = [held_key.key for held_key in (await console.desk.directory()).keys if held_key.staff_id == staff_id]
    own = [key for key in public_keys if isinstance(key, PasskeyKey) and key.origin == console.settings.signing_origin]
    return Passkeys(
        own, [] if own else [made_in_words(enrolment) for enrolment in await waiting_enrolments(console, staff_id)]
    )
