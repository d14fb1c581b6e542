"""Batches: one decision that a person takes on several partnerships, kept until all of them are signed.

A batch keeps which partnerships it is about, and the ids of the commands that were prepared. What is on record under
one of these ids is done, so nothing of a batch is done twice.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import asyncpg

from accord.console.deciding.acts import BY_SLUG, OfferedAct
from accord.console.deciding.prepared import Waiting
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.web.sessions import digest_of
from domain.recorded.event import RecordedEvent
from domain.signatures.passkeys import MOST_TOGETHER
from domain.signatures.signing import ACTS_OF_LISTS

KEPT: Final = timedelta(days=30)

MOST: Final = 500
"""Batches of one person."""
LONGEST: Final = 20_000
"""Letters of what is typed once for all of a batch."""

_KEEP = """
INSERT INTO console.batches (digest, staff_id, content) SELECT $1, $2, $3
 WHERE (SELECT count(*) FROM console.batches WHERE staff_id = $2) < $4 RETURNING true
"""
_ONE = "SELECT content FROM console.batches WHERE digest = $1 AND staff_id = $2"
_NOTE = """
UPDATE console.batches SET content = jsonb_set(
    content, ARRAY['commands', $3], COALESCE(content #> ARRAY['commands', $3], '[]') || to_jsonb($4::text)
) WHERE digest = $1 AND staff_id = $2
"""
_OLD = "DELETE FROM console.batches WHERE begun_at < ledger.now() - $1::interval"


@dataclass(frozen=True, slots=True)
class Batch:
    """One decision on several partnerships."""

    name: str
    act: OfferedAct
    given: Mapping[str, list[str]]
    """The typed text, once for all of them."""
    partnerships: tuple[str, ...]
    commands: Mapping[str, list[str]]
    """The ids of the commands that were prepared, by partnership."""

    @property
    def at_once(self) -> int:
        """The most of them that one touch signs."""
        return at_once(self.act)

    def on_record(self, partnership_id: str, history: Iterable[RecordedEvent]) -> RecordedEvent | None:
        """Return the first event of a partnership's history that one of the prepared commands led to, or None."""
        command_ids = self.commands.get(partnership_id, ())
        return next((event for event in history if str(event.command_id) in command_ids), None)


def at_once(act: OfferedAct) -> int:
    """Return the most items of an act that one touch signs."""
    return MOST_TOGETHER if act.command.model_fields["kind"].default in ACTS_OF_LISTS else 1


async def keep(
    pool: asyncpg.Pool, staff_id: str, act: OfferedAct, answers: Mapping[str, list[str]], partnerships: tuple[str, ...]
) -> str:
    """Keep a new batch for thirty days, and return its name, which nobody guesses.

    Raises:
        BadInput: What was typed is too long.
        Refused: They keep too many others.
    """
    for field, texts in answers.items():
        if sum(map(len, texts)) > LONGEST:
            raise BadInput(f"{field}: it is longer than {LONGEST:,} letters; shorten it")
    name = secrets.token_urlsafe(16)
    content = {"act": act.slug, "given": answers, "partnerships": partnerships, "commands": {}}
    await pool.execute(_OLD, KEPT)
    if not await pool.fetchval(_KEEP, digest_of(name), staff_id, json.dumps(content), MOST):
        raise Refused(f"you began {MOST} batches within {KEPT.days} days; one of them must grow old first")
    return name


async def note(pool: asyncpg.Pool, batch: Batch, staff_id: str, waiting: Waiting) -> None:
    """Note in a batch that a command was prepared."""
    command_id = str(waiting.command.command_id)
    await pool.execute(_NOTE, digest_of(batch.name), staff_id, waiting.partnership_id, command_id)


async def batch_of(pool: asyncpg.Pool, name: str, staff_id: str) -> Batch | None:
    """Return a person's batch by its name, or None."""
    content = await pool.fetchval(_ONE, digest_of(name), staff_id)
    if content is None:
        return None
    fields = json.loads(content)
    return Batch(name, BY_SLUG[fields["act"]], fields["given"], tuple(fields["partnerships"]), fields["commands"])


async def require_undone(console: Console, waiting: Waiting) -> None:
    """Raise Refused if the batch of a decision has another one on record for it, as when two tabs prepared it."""
    batch = await batch_of(console.desk.pool, waiting.batch, waiting.command.actor) if waiting.batch else None
    event = (
        batch.on_record(waiting.partnership_id, await console.desk.history(waiting.partnership_id)) if batch else None
    )
    if event is not None and event.command_id != waiting.command.command_id:
        raise Refused(f"this was signed already, as entry {event.position}: the list was open twice")
