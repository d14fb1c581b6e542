"""A desk without keys: what it would sign waits for the touch of the person's own passkey, on the page that signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.signatures.signing import PasskeySignature, Signature, Statement
from ledger import clock


class TouchWanted(Refused):
    """Nothing was done: a statement is ready, and waits for its person's touch."""

    def __init__(self, statement: Statement, content: Mapping[str, Any]) -> None:
        super().__init__(f"{statement.actor} has not signed it yet", "NotSigned")
        self.statement = statement
        self.content = dict(content)


@dataclass(frozen=True)
class TouchDesk(Desk):
    """A desk that signs nothing: it asks for a touch, or uses the one signature that it was given.

    An act is done twice on it. The first time ends where the act would be signed, after everything that the act checks;
    the second time, with the signature, checks all of it again and goes on.
    """

    touch: PasskeySignature | None = field(default=None, kw_only=True)
    """The signature that was handed in, or None while there is none."""

    def moment(self) -> datetime:
        """Return the time that the person saw in the statement, once they have signed it."""
        return self.touch.statement.at if self.touch is not None else clock.now()

    def key_id(self, actor: str) -> str:
        """Return the stand-in for a person's key before they choose one of their passkeys."""
        return f"a passkey of {actor}"

    async def sign(
        self, statement: Statement, to_begin_an_epoch: bool = False, content: Mapping[str, Any] | None = None
    ) -> Signature:
        """Return the given signature if it is over this statement. Whether it counts is for the gates to say.

        Raises:
            TouchWanted: None was given.
            Refused: It is over another one, since what it rests on changed, or the epoch began in another database.
        """
        async with self.ledger.at_one_moment():
            await self.require_epoch(unless=to_begin_an_epoch)
            whole_statement = statement.within((await self.directory()).log)
        if self.touch is None:
            raise TouchWanted(whole_statement, content or {})
        if self.touch.statement != whole_statement:
            raise Refused("what you signed rests on something that changed meanwhile; look at it again", "Conflict")
        return self.touch
