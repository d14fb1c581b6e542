"""Overrides: a person answers, by their signature, for a register version that the guards refused."""

from __future__ import annotations

import asyncpg
from pydantic import ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.faults import BadInput
from accord.client.input_files import faults_of
from domain.identity import derive
from domain.recorded.acts import OrganisationAct
from domain.screening.guarding import GuardOverridden, override_statement
from ledger import clock


async def answer_for(desk: Desk, refused: asyncpg.Record, in_force: int, reason: str, actor: str) -> None:
    """Record, before a refused version counts, that a person answers for it. Each call needs their signature anew.

    Raises:
        BadInput: The reason cannot be used.
        Refused: They may not answer for it.
    """
    register, version, now = str(refused["register"]), int(refused["version"]), clock.now()
    command_id = derive("override", register, version, in_force, actor, desk.key_id(actor))
    content = {
        "register_name": register,
        "version": version,
        "sha256": refused["sha256"],
        "refusal": refused["note"],
        "reason": reason.strip(),
    }
    signature = await desk.sign(override_statement(content, actor, now, command_id))
    try:
        event = GuardOverridden(at=now, actor=actor, signature=signature, **content)
    except ValidationError as fault:
        raise BadInput(f"the override has {faults_of(fault)}") from None
    await record_act(desk, OrganisationAct(command_id=command_id, event=event))
