"""The passkeys that a page can ask for."""

from __future__ import annotations

from accord.console.serving.desk import Console
from domain.passkeys import PasskeyKey


async def passkeys_of(console: Console, staff_id: str) -> list[PasskeyKey]:
    """Return a person's passkeys in force whose assertions count on the page that signs."""
    public_keys = [held_key.key for held_key in (await console.desk.directory()).keys if held_key.staff_id == staff_id]
    return [key for key in public_keys if isinstance(key, PasskeyKey) and key.origin == console.settings.signing_origin]
