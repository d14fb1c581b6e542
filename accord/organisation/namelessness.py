"""Texts written in clear for good, such as a note on an account: they name nobody whom a partnership names."""

from __future__ import annotations

from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from domain.names.spelling import Names
from records.privacy.vault import Vault


async def require_nameless(desk: LedgerAccess, field: str, text: str) -> None:
    """Raise BadInput if a text names a person whose name is sealed elsewhere. `field`: what the text is called."""
    people = {person.name for person in await Vault(desk.pool).people()}
    if Names(name for name in people if len(name.split()) > 1).are_in(text):
        raise BadInput(
            f"{field}: it names somebody whom a partnership names, and would stand in the ledger for good; write their "
            "role instead"
        )
