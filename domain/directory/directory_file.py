"""The input of `accord directory load`, and the changes that put it in force."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from domain.directory.directory import Directory
from domain.directory.people import Fact, FunderRegistered, HouseRulesSet, StaffMember, StaffRegistered
from domain.directory.tiers import HouseRules
from domain.parties import Funder
from domain.values import Value


class DirectoryFile(Value):
    """The input of `accord directory load`: people, funder entities and rules that should be in force."""

    staff: tuple[StaffMember, ...] = ()
    funders: tuple[Funder, ...] = ()
    rules: HouseRules | None = None

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        names = [member.staff_id for member in self.staff] + [funder.funder_id for funder in self.funders]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"named more than once: {', '.join(twice)}")
        return self


def changes(directory: Directory, file: DirectoryFile) -> tuple[Fact, ...]:
    """Return the changes that put a file in force, without those that are in force already."""
    staff = tuple(StaffRegistered(member=m) for m in file.staff if directory.person(m.staff_id) != m)
    funders = tuple(FunderRegistered(funder=f) for f in file.funders if directory.funder(f.funder_id) != f)
    rules = file.rules is not None and file.rules != directory.rules
    return (*staff, *funders, *((HouseRulesSet(rules=file.rules),) if rules and file.rules else ()))
