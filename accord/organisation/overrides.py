"""Record overrides: a person accepts, by their signature, a register version that the guards refused."""

from __future__ import annotations

from typing import NamedTuple

import asyncpg
from pydantic import ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.presentation.faults import BadInput
from accord.presentation.input_files import faults_of
from domain.identity import derive
from domain.recorded.acts import OrganisationAct
from domain.screening.guarding import GuardOverridden, override_statement, people_needed, who_answers
from domain.streams import StreamId
from ledger import clock
from records.codec import from_ledger
from records.keys.verification import verified
from registers.sources.catalogue import REGISTERS


async def answer_for(desk: Desk, row: asyncpg.Record, in_force: int, reason: str, actor: str) -> None:
    """Record a person's signed override of a refused register version, before that version is put in force.

    `row`: the row of the refused version. `in_force`: the number of the version in force now, 0 if there is none.

    Raises:
        BadInput: The reason is not valid, for instance too short.
        Refused: The person may not override a guard, or their key is not on this machine.
    """
    register, version, now = str(row["register"]), int(row["version"]), clock.now()
    command_id = derive("override", register, version, in_force, actor, desk.key_id(actor))
    content = {
        "register_name": register,
        "version": version,
        "sha256": row["sha256"],
        "refusal": row["note"],
        "reason": reason.strip(),
    }
    signature = await desk.sign(override_statement(content, actor, now, command_id))
    try:
        event = GuardOverridden(at=now, actor=actor, signature=signature, **content)
    except ValidationError as fault:
        raise BadInput(f"the override has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, event=event))


class Answering(NamedTuple):
    """The people who answer for a refused version, and the number of those who must."""

    by: tuple[str, ...]
    needed: int

    @property
    def is_enough(self) -> bool:
        """True if the version may be put in force."""
        return len(self.by) >= self.needed


async def answering(desk: Desk, row: asyncpg.Record, in_force: asyncpg.Record | None) -> Answering:
    """Return the people who answer for a refused version, since the one in force came.

    An answer from before it counts for nothing.

    `in_force`: the row of the version in force now, if any.
    """
    register = str(row["register"])
    stored_events = await desk.ledger.read_stream(StreamId.register(register))
    recorded_events = (from_ledger(event) for event in stored_events)
    events = (
        recorded_event.event
        for recorded_event in recorded_events
        if isinstance(recorded_event.event, GuardOverridden)
        and (
            in_force is None
            or recorded_event.recorded_at is None
            or recorded_event.recorded_at >= in_force["loaded_at"]
        )
    )
    directory, needed = await desk.directory(), people_needed(REGISTERS[register].listed is not None)
    by = who_answers(events, row["version"], row["sha256"], directory, verified, clock.today())
    return Answering(by, needed)
