"""Writing signed events straight to the ledger, past every workflow: as they should be, or as a forger would."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.partnership.evolution import evolve, fold
from domain.partnership.procedure import ACTS
from domain.partnership.state import Partnership
from domain.recorded.proofs import content_of
from domain.signatures.signing import LogEpoch, Shown, Statement, content_digest
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger
from records.keys.keyring import Keyring
from tests.builders import number

Made = TypeVar("Made", bound=e.PartnershipEvent)
_turns = count(1)
_organisation: dict[str, LogEpoch | None] = {"log": None}


def signs_for(server: str) -> None:
    """Say for which ledger everybody signs: all offices of a run are of one server, and in their first epoch."""
    _organisation["log"] = LogEpoch(origin=f"accord-{server}", epoch=1)


def signing_for() -> LogEpoch | None:
    """The ledger that everybody signs for."""
    return _organisation["log"]


def statement_for(event: Any, subject: str, command_id: UUID, shown: Shown | None = None) -> Statement:
    """The statement that an event must be signed with."""
    return Statement(
        subject=subject,
        act=ACTS[type(event)],
        actor=event.actor,
        at=event.at,
        command_id=command_id,
        content_sha256=content_digest(content_of(event)),
        shown=shown,
    ).within(_organisation["log"])


def signed(
    event: Made, keyring: Keyring, subject: str, command_id: UUID | None = None, shown: Shown | None = None
) -> Made:
    """An event with the signature of the person it names."""
    statement = statement_for(event, subject, command_id or number(f"signed {next(_turns)}"), shown)
    return event.model_copy(update={"signature": keyring.sign(statement)})


def forgers_keys(keyring: Keyring, folder: Path, **named: str) -> Keyring:
    """A keyring in which one person's file holds another's key: `forgers_keys(..., **{"dora.kim": "paul.nkosi"})`."""
    forged = Keyring(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for victim, forger in named.items():
        shutil.copy(keyring.path(forger), forged.path(victim))
    return forged


class Scribe:
    """Writes one partnership's stream, without any check of its right to."""

    def __init__(self, desk: Desk, reference: str, keyring: Keyring | None = None) -> None:
        self.desk = desk
        self.reference = reference
        self.keyring = keyring or desk.keyring
        self.state = Partnership(partnership_id=reference)
        self.position = 0

    def made(self, kind: type[Made], actor: str, keyring: Keyring | None = None, **content: Any) -> Made:
        """An event in somebody's name, signed by her on what stands now."""
        made = kind(**{"at": datetime.now(UTC), "actor": actor, **content})
        return signed(made, keyring or self.keyring, self.reference, shown=self.shown)

    async def write(self, *events: Any, command_id: UUID | None = None) -> None:
        """Append events under the id of the decision that they bear, all of them or none."""
        signature = next((one.signature for one in events if getattr(one, "signature", None)), None)
        own = signature.statement.command_id if signature else number(f"written {next(_turns)}")
        command = command_id or own
        request = AppendRequest(
            StreamId.partnership(self.reference), command, self.state.version, to_ledger(events, "scribe", command)
        )
        answer = await self.desk.ledger.append(request)
        assert answer.recorded, answer
        for event in events:
            self.state = evolve(self.state, event)
        assert answer.first_position is not None
        self.position = answer.first_position + len(events) - 1

    async def says(self, kind: type[e.PartnershipEvent], actor: str, **content: Any) -> None:
        """Write an event in somebody's name, signed by her."""
        await self.write(self.made(kind, actor, **content))

    @property
    def shown(self) -> Shown | None:
        """The view of a person who looks now."""
        if self.state.proposal is None:
            return None
        return Shown(version=self.state.version, position=self.position, terms=self.state.terms)

    async def reread(self) -> Partnership:
        """The partnership as the ledger tells it."""
        history = await self.desk.history(self.reference)
        return fold(self.reference, tuple(one.event for one in history))  # type: ignore[misc]
