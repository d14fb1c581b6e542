"""The directory: who works here, in which roles, and for which funder entities. Kept as events like everything else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import reduce
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.parties import Funder, Name
from domain.values import StaffId, Value

DIRECTORY_STREAM = "directory"
"""The ledger stream that holds the directory's events."""


class Role(StrEnum):
    """What a person may do."""

    PROPOSER = "PROPOSER"
    VERIFIER = "VERIFIER"
    PROGRAMME_APPROVER = "PROGRAMME_APPROVER"
    FINANCE_APPROVER = "FINANCE_APPROVER"
    DIRECTOR = "DIRECTOR"
    PAYER = "PAYER"
    AUDITOR = "AUDITOR"


class StaffMember(Value):
    """A person in the directory."""

    staff_id: StaffId
    name: Name
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]


class StaffRegistered(Value):
    """A person entered the directory, or her roles changed: the newest registration is the one in force."""

    event_type: Literal["StaffRegistered"] = "StaffRegistered"
    schema_version: ClassVar[int] = 1
    member: StaffMember


class FunderRegistered(Value):
    """A funder entity entered the directory, or changed: the newest registration is the one in force."""

    event_type: Literal["FunderRegistered"] = "FunderRegistered"
    schema_version: ClassVar[int] = 1
    funder: Funder


DirectoryEvent = StaffRegistered | FunderRegistered


class Directory(Value):
    """Everybody and every funder entity, as of the newest event."""

    staff: tuple[StaffMember, ...] = ()
    funders: tuple[Funder, ...] = ()
    version: int = 0

    def person(self, staff_id: str) -> StaffMember | None:
        """Return a person, or None if the directory does not hold her."""
        return next((member for member in self.staff if member.staff_id == staff_id), None)

    def funder(self, funder_id: str) -> Funder | None:
        """Return a funder entity, or None if the directory does not hold it."""
        return next((funder for funder in self.funders if funder.funder_id == funder_id), None)


class DirectoryFile(Value):
    """What `accord directory load` reads: the people and the funder entities that should be in force."""

    staff: tuple[StaffMember, ...] = ()
    funders: tuple[Funder, ...] = ()

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        names = [member.staff_id for member in self.staff] + [funder.funder_id for funder in self.funders]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"named more than once: {', '.join(twice)}")
        return self


def evolve_directory(directory: Directory, event: DirectoryEvent) -> Directory:
    """Return the directory after an event."""
    match event:
        case StaffRegistered(member=member):
            others = tuple(other for other in directory.staff if other.staff_id != member.staff_id)
            changed: dict[str, object] = {"staff": (*others, member)}
        case FunderRegistered(funder=funder):
            rest = tuple(other for other in directory.funders if other.funder_id != funder.funder_id)
            changed = {"funders": (*rest, funder)}
    return directory.model_copy(update={**changed, "version": directory.version + 1})


def fold_directory(events: Iterable[DirectoryEvent], known: Directory | None = None) -> Directory:
    """Return the directory that events make, from nothing or from what was known before them."""
    return reduce(evolve_directory, events, known or Directory())


def changes(directory: Directory, wanted: DirectoryFile) -> tuple[DirectoryEvent, ...]:
    """Return the events that bring the directory to what a file asks for; nothing for what already stands."""
    staff = tuple(StaffRegistered(member=m) for m in wanted.staff if directory.person(m.staff_id) != m)
    funders = tuple(FunderRegistered(funder=f) for f in wanted.funders if directory.funder(f.funder_id) != f)
    return (*staff, *funders)
