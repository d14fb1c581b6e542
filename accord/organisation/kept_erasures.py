"""Keep signed erasures outside the backups, and apply them again where a restore brought a key back.

A file for each person, in a folder that is kept apart from the database. It holds the guardians' approvals as they
signed them: the person's pseudonym, the reason, and which events were blanked. It names nobody, and proves itself.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import ValidationError

from accord.client.acts import record_act
from accord.client.desk import Desk
from accord.client.papers.door_forms import erase_forms, forms_naming
from accord.client.reading import LedgerAccess
from accord.organisation.erasures import erase_now, partnerships_naming, require_may_go, what_it_blanks
from accord.presentation.faults import BadInput, Refused
from deploy.variables import configured
from domain.directory.personal import (
    ERASURE_QUORUM,
    ErasureApproved,
    approval_fault,
    approvers,
)
from domain.recorded.acts import OrganisationAct
from domain.streams import PARTNERSHIP_STREAMS, PRIVACY_STREAM, StreamId
from domain.values import Value
from records.directory import readable
from records.keys.verification import verified
from records.privacy.vault import NamedPerson, Vault

VARIABLE: Final = "ACCORD_ERASURES"
_NAME: Final = "erasure-{}.json"


class KeptErasure(Value):
    """An erasure as it is kept: the approvals of one person's erasure, which two guardians at least signed."""

    form: Literal["accord.erasure.1"] = "accord.erasure.1"
    person: UUID
    approvals: tuple[ErasureApproved, ...]
    named_in: tuple[str, ...] = ()
    """The partnerships that named them."""
    LARGEST: ClassVar[int] = 1 << 23
    """The largest file that is read, in bytes."""


def folder_of_erasures() -> Path | None:
    """Return the folder in which signed erasures are kept, or None if no setting names one."""
    named = configured(VARIABLE)
    return Path(named).resolve() if named else None


async def to_keep(desk: LedgerAccess, person: UUID | None = None) -> list[KeptErasure]:
    """Return the erasures that two guardians approved: of one person, or of everybody."""
    by_person: dict[UUID, list[ErasureApproved]] = {}
    for approval in await _approvals(desk, person):
        by_person.setdefault(approval.person, []).append(approval)
    decisions = {
        person_id: approvals
        for person_id, approvals in by_person.items()
        if len({signed_approval.actor for signed_approval in approvals}) >= ERASURE_QUORUM
    }
    streams_by_person = await Vault(desk.pool).named_in(list(decisions))
    return [
        KeptErasure(
            person=person_id, approvals=tuple(approvals), named_in=_partnerships(streams_by_person.get(person_id, ()))
        )
        for person_id, approvals in decisions.items()
    ]


def _partnerships(streams: Iterable[str]) -> tuple[str, ...]:
    partnership_ids = (StreamId(stream).subject for stream in streams if stream.startswith(PARTNERSHIP_STREAMS))
    return tuple(sorted({*partnership_ids}))


async def _approvals(desk: LedgerAccess, person: UUID | None) -> tuple[ErasureApproved, ...]:
    """Return the valid approvals of erasures that list what they blank."""
    times, approvals = await desk.registrar.directories(), list[ErasureApproved]()
    for recorded_event in readable(await desk.ledger.read_stream(PRIVACY_STREAM)):
        event = recorded_event.event
        if not isinstance(event, ErasureApproved) or event.events is None or person not in {None, event.person}:
            continue
        if not approval_fault(event, times.at(recorded_event.position), verified):
            approvals.append(event)
    return tuple(approvals)


def keep(erasures: Iterable[KeptErasure], folder: Path) -> list[Path]:
    """Write a file for each erasure, and return the files.

    A file is replaced as a whole, on disk before this returns.

    Raises:
        BadInput: The folder cannot be written.
    """
    return written_whole(folder, {_NAME.format(erasure.person): _as_json(erasure) for erasure in erasures})


def _as_json(erasure: KeptErasure) -> str:
    content = erasure.model_dump(mode="json") | {
        "approvals": [approval.model_dump(mode="json") for approval in erasure.approvals]
    }
    return json.dumps(content, indent=1, ensure_ascii=False)


def written_whole(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write files into a folder, each replaced as a whole and on disk before this returns.

    Raises:
        BadInput: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_write(folder / name, text) for name, text in texts.items()]
    except OSError as fault:
        raise BadInput(f"FOLDER: {folder} cannot be written ({type(fault).__name__}); nothing was erased") from fault


def _write(path: Path, text: str) -> Path:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def kept_in(folder: Path, may_be_empty: bool = False) -> Iterator[KeptErasure]:
    """Yield the erasures that are kept in a folder.

    Raises:
        BadInput: The folder holds none and may not be empty, or a file in it is no kept erasure.
    """
    files = sorted(folder.glob(_NAME.format("*"))) if folder.is_dir() else []
    if not files and not may_be_empty:
        raise BadInput(f"FOLDER: {folder} holds no {_NAME.format('PERSON')}; give the folder of {VARIABLE}")
    for path in files:
        yield _read(path)


def _read(path: Path) -> KeptErasure:
    try:
        if path.stat().st_size > KeptErasure.LARGEST:
            raise ValueError("it is too large")
        erasure = KeptErasure.model_validate_json(path.read_bytes())
        if {approval.person for approval in erasure.approvals} - {erasure.person}:
            raise ValueError("it holds approvals of another person's erasure")
    except (OSError, ValueError) as fault:
        first = fault.errors()[0]["msg"] if isinstance(fault, ValidationError) else str(fault)
        raise BadInput(f"{path}: it is no kept erasure ({first}); take it from its backup, or leave it out") from fault
    return erasure


async def unapplied(desk: LedgerAccess, erasures: Iterable[KeptErasure]) -> list[KeptErasure]:
    """Return the kept erasures of people whose key lives here: a restore brought it back, or nobody finished them."""
    living = {named_person.person for named_person in await Vault(desk.pool).people()}
    return [erasure for erasure in erasures if erasure.person in living]


async def named_anew(desk: LedgerAccess, erasures: list[KeptErasure]) -> list[str]:
    """Tell of people unknown here whose partnerships name somebody here: recorded again, under another pseudonym.

    So it is after a restore to before they were named. Only who reads the names can say whether they are among them.
    """
    living = await Vault(desk.pool).people()
    here = set(_partnerships(stream for person in living for stream in person.streams))
    known_people = await Vault(desk.pool).named_in([erasure.person for erasure in erasures])
    return [
        _anew(erasure, partnership_ids)
        for erasure in erasures
        if erasure.person not in known_people and (partnership_ids := here & {*erasure.named_in})
    ]


def _anew(erasure: KeptErasure, partnership_ids: set[str]) -> str:
    return (
        f"{erasure.person} was erased, and is unknown here; {', '.join(sorted(partnership_ids))} may name them under"
        " another pseudonym: see `accord privacy list`, and where it does two give `accord privacy erase`; then take"
        f" {_NAME.format(erasure.person)} out of the folder"
    )


async def apply_again(desk: Desk, erasure: KeptErasure) -> tuple[frozenset[str], NamedPerson]:
    """Erase a person again whose erasure was kept. Return the guardians who had approved it, and the named person.

    Raises:
        Refused: It is not proved that two guardians of this ledger approved it for what bears the name here; or a
            partnership that names them is open here, or its record is kept.
    """
    named_person = next(
        named_person for named_person in await Vault(desk.pool).people() if named_person.person == erasure.person
    )
    await require_may_go(desk, named_person)
    blanking, directory = await what_it_blanks(desk, named_person), await desk.directory()
    guardians = approvers(erasure.approvals, erasure.person, blanking.events, directory, verified)
    if len(guardians) < ERASURE_QUORUM:
        raise Refused(_unproved(erasure, named_person), "NotSigned")
    for approval in erasure.approvals:
        if approval.actor in guardians:
            await record_act(desk, OrganisationAct(command_id=approval.signature.statement.command_id, event=approval))
    forms = await forms_naming(desk, named_person, partnerships_naming(named_person), min(guardians))
    await erase_now(desk, named_person, blanking.seen)
    await erase_forms(desk.pool, named_person.person, forms)
    return guardians, named_person


def _unproved(erasure: KeptErasure, named_person: NamedPerson) -> str:
    return (
        f"{erasure.person}: the file does not prove that two guardians of this ledger approved it for all that bears "
        f"the name here; two give `accord privacy erase {named_person.person} --as STAFF`"
    )


async def told_of_erasures(desk: LedgerAccess) -> tuple[str, str]:
    """Return an operator's news of erasures and restores, and the remedy, or '' where there is no fault.

    Raises:
        BadInput: A file in the folder is no kept erasure.
    """
    folder = folder_of_erasures()
    if await desk.pool.fetchval("SELECT privacy.rewrite_is_due()"):
        news = "an erasure was cut off: the tables' files still hold what it destroyed"
        return news, f"accord privacy apply-again {folder or 'FOLDER'}"
    if folder is None:
        erasure_count = await desk.pool.fetchval("SELECT count(*) FROM privacy.people WHERE erased_at IS NOT NULL")
        news = f"{erasure_count} people were erased, and nothing keeps that outside the backups"
        return (
            (news, f"set {VARIABLE}, and `accord privacy export FOLDER`")
            if erasure_count
            else ("nobody was erased", "")
        )
    erasures = [*kept_in(folder)] if any(folder.glob(_NAME.format("*"))) else []
    readable_count = len(await unapplied(desk, erasures)) + len(await named_anew(desk, erasures))
    news = (
        f"{readable_count} people whose erasure is kept in {folder} can be read here"
        if readable_count
        else "each is applied"
    )
    return news, f"accord privacy apply-again {folder}" if readable_count else ""
