"""What is written in clear for good, such as a note on an account, names nobody whom a partnership names."""

from __future__ import annotations

from accord.client.faults import BadInput
from accord.client.reading import Reading
from records.privacy.vault import Vault


async def require_nameless(desk: Reading, field: str, text: str) -> None:
    """Raise BadInput if a text names a person whose name is sealed elsewhere. `field`: what the text is called."""
    written = text.casefold()
    if any(name in written for name in {one.name.casefold() for one in await Vault(desk.pool).people()} if " " in name):
        raise BadInput(
            f"{field}: it names somebody whom a partnership names, and would stand in the ledger for good; write their "
            "role instead"
        )
