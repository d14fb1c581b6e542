"""The passkeys that a page can ask for."""

from __future__ import annotations

from accord.console.serving.desk import Console
from domain.passkeys import PasskeyKey


async def passkeys_of(console: Console, staff_id: str) -> list[PasskeyKey]:
    """Return a person's passkeys in force whose assertions count on the page that signs."""
    held = [one.key for one in (await console.desk.directory()).keys if one.staff_id == staff_id]
    return [one for one in held if isinstance(one, PasskeyKey) and one.origin == console.settings.signing_origin]
