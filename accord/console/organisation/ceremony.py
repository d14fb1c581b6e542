"""The part of a page that asks for a key: whose, over which statement."""

from __future__ import annotations

from typing import Any

from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.presentation.words.values import NamesInWords
from domain.signatures.passkeys import challenge_of, encoded
from domain.signatures.signing import Statement


async def asked_for(console: Console, statement: Statement) -> dict[str, Any]:
    """Return the content of a page that asks for the key of a statement's actor."""
    return {
        "signer": NamesInWords(await console.desk.directory()).person(statement.actor),
        "statement": statement,
        "digest": statement.digest,
        "keys": await passkeys_of(console, statement.actor),
        "challenge": encoded(challenge_of(statement.message())),
        "settings": console.settings,
    }
