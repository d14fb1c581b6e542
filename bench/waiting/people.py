"""People who propose at even intervals, whether or not the one before has an answer, and their waits."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from typing import NamedTuple

from accord.client.desk import Desk
from bench.office import Office
from bench.registers.lookups import with_payee
from bench.waiting.stretches import stretches_of
from bench.waiting.trial import Trial, head_of, reference_of, until_recorded
from domain.parties import Party
from domain.partnership.events import EligibilityAssessed
from domain.streams import StreamId


class Sent(NamedTuple):
    """A proposal that a person sent."""

    stream: str
    at: datetime
    receipt: float
    """The seconds until they had a receipt."""


class Wait(NamedTuple):
    """The wait of a person."""

    sent: Sent
    answer: float
    """The seconds until the ledger held what the rules say."""
    spent: Counter[str]
    """The seconds of each stretch of their workflow."""


async def come(trial: Trial, count: int) -> list[Wait]:
    """Let so many people propose, one after the other, and return how long each waited."""
    head, sending = await head_of(trial.office), []
    for _ in range(count):
        sending.append(asyncio.create_task(propose(trial.desk, *next(trial.coming))))
        await asyncio.sleep(trial.every)
    sent = await asyncio.gather(*sending)
    streams = [one.stream for one in sent]
    answered = await until_recorded(trial.office, EligibilityAssessed, streams, head, count)
    return [
        Wait(one, (answered[one.stream] - one.at).total_seconds(), await _spent(trial.office, one.stream))
        for one in sent
    ]


async def propose(desk: Desk, number: int, payee: Party) -> Sent:
    """Let a person propose a partnership, and return what they sent, once they have a receipt."""
    proposed, at, began = with_payee(reference_of(number), payee), datetime.now(UTC), time.perf_counter()
    await desk.propose(proposed, "pia.berg")
    return Sent(StreamId.partnership(proposed.reference), at, time.perf_counter() - began)


async def _spent(office: Office, workflow_id: str) -> Counter[str]:
    return stretches_of((await office.desk.temporal.get_workflow_handle(workflow_id).fetch_history()).events)
