"""Prepare errands, and carry out those that were signed. Each is checked both times, and happens by a touch alone."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from contextlib import suppress
from typing import Final

import structlog

from accord.counter.pages.errands.errands import (
    BringIn,
    CallBack,
    Countersign,
    Errand,
    HandOver,
    MakeFile,
    RecordAccount,
    Resolve,
    SignedErrand,
    TypeIn,
    WriteAgain,
)
from accord.counter.pages.errands.hearing import bring_in, words_of_bringing_in
from accord.counter.pages.errands.leaving import (
    hand_file_over,
    make_file,
    words_of_handing_over,
    words_of_making,
    words_of_writing_again,
    write_file_again,
)
from accord.counter.pages.errands.portal import (
    sign_as_second,
    type_sheet,
    words_of_countersigning,
    words_of_typing,
)
from accord.counter.pages.errands.resolving import say_what_it_was, words_of_resolving
from accord.counter.pages.errands.vouching import call_back, record, words_of_calling_back, words_of_recording
from accord.counter.pages.errands.words import ErrandWords
from accord.counter.pages.site import CounterSite
from accord.counter.pages.touching import TouchWanted
from accord.presentation.faults import BadInput, Refused
from accord.web.errands import ErrandOutcome, ErrandShown
from accord.web.outages import AWAY
from domain.signatures.signing import PasskeySignature

PAUSE: Final = 0.3
"""Seconds between two looks for an errand that was signed."""
AFTER_AN_OUTAGE: Final = 2.0

log = structlog.get_logger("accord.counter")


async def prepare(site: CounterSite, errand: Errand, actor: str, upload: bytes = b"") -> str | ErrandOutcome:
    """Keep an errand for its person's touch, and return its address, or what became of it where none is wanted.

    Raises:
        Refused: It may not be done, for a reason that does not need a signature to be seen.
        BadInput: It names something that there is not.
    """
    try:
        return await _done(site, errand, actor, upload, None)
    except TouchWanted as wanted:
        words = await _words(site, errand, upload, wanted)
        shown = ErrandShown(statement=wanted.statement, content=wanted.content, **words._asdict())
        return await site.errands.keep(errand, shown, upload)


async def _done(
    site: CounterSite, errand: Errand, actor: str, upload: bytes, touch: PasskeySignature | None
) -> ErrandOutcome:
    match errand:
        case MakeFile():
            return await make_file(site, errand, actor, touch)
        case HandOver():
            return await hand_file_over(site, errand, actor, touch)
        case WriteAgain():
            return await write_file_again(site, errand, actor, touch)
        case TypeIn():
            return await type_sheet(site, errand, actor, touch)
        case Countersign():
            return await sign_as_second(site, errand, actor, touch)
        case BringIn():
            return await bring_in(site, errand, upload, actor, touch)
        case RecordAccount():
            return await record(site, errand, actor, touch)
        case CallBack():
            return await call_back(site, errand, actor, touch)
        case Resolve():
            return await say_what_it_was(site, errand, actor, touch)


async def _words(site: CounterSite, errand: Errand, upload: bytes, wanted: TouchWanted) -> ErrandWords:
    match errand:
        case MakeFile():
            return await words_of_making(site, errand, wanted)
        case HandOver():
            return await words_of_handing_over(site, errand, wanted)
        case WriteAgain():
            return await words_of_writing_again(site, errand, wanted)
        case TypeIn():
            return await words_of_typing(site, errand)
        case Countersign():
            return await words_of_countersigning(site, errand)
        case BringIn():
            return await words_of_bringing_in(site, errand, upload, wanted)
        case RecordAccount():
            return await words_of_recording(errand, wanted)
        case CallBack():
            return await words_of_calling_back(site, errand, wanted)
        case Resolve():
            return await words_of_resolving(site, errand, wanted)


async def carry_out(site: CounterSite, signed: SignedErrand) -> None:
    """Carry out an errand that was signed, and say what became of it. After an outage it is begun again."""
    try:
        outcome = await _done(site, signed.errand, signed.staff_id, signed.upload, signed.signature)
        if outcome.wants_another_touch:
            outcome = await _next_touch(site, signed, outcome)
    except (Refused, BadInput) as fault:
        outcome = ErrandOutcome(refused=str(fault))
    except AWAY as fault:
        log.warning("an errand waits", reason=str(fault))
        await asyncio.sleep(AFTER_AN_OUTAGE)
        return await site.errands.put_back(signed)
    except Exception:
        log.exception("an errand failed", kind=signed.errand.kind)
        outcome = ErrandOutcome(refused="this failed; see at the counter what is recorded, and tell an operator")
    return await site.errands.end(signed, outcome)


async def _next_touch(site: CounterSite, signed: SignedErrand, outcome: ErrandOutcome) -> ErrandOutcome:
    """Prepare the second touch of an errand whose first one is recorded, and return the outcome that leads to it."""
    try:
        prepared = await prepare(site, signed.errand, signed.staff_id, signed.upload)
    except (Refused, BadInput) as fault:
        return outcome.model_copy(update={"following": f"The rest is not done: {fault}.", "words": "Go on"})
    if isinstance(prepared, ErrandOutcome):
        return prepared
    return outcome.model_copy(update={"back": f"{site.settings.signing_origin}/sign/{prepared}"})


async def follow(site: CounterSite) -> None:
    """Carry out errands as they are signed, until cancelled."""
    at_work = set[asyncio.Task[None]]()
    try:
        while True:
            with suppress(*AWAY):
                while (signed := await site.errands.begin_next()) is not None:
                    task = asyncio.create_task(carry_out(site, signed))
                    at_work.add(task)
                    task.add_done_callback(at_work.discard)
            await asyncio.sleep(PAUSE)
    finally:
        await _end(at_work)


async def _end(at_work: Set[asyncio.Task[None]]) -> None:
    """Let errands that were begun end: what stops halfway is recorded or not, and nobody would be told."""
    if at_work:
        await asyncio.wait(at_work, timeout=20)
