"""Each class of a command or an event of a partnership stands in a family's folder, and in the unions above."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from types import ModuleType
from typing import Any, get_args

import pytest

import domain.partnership
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.acts import Command, PartnershipEvent, by_class
from domain.partnership.admission import ADMISSION
from domain.partnership.decisions import DECISIONS
from domain.partnership.evolution import EVOLUTION
from domain.partnership.procedure import PROCEDURE


def modules(name: str) -> list[ModuleType]:
    """The modules of one name, of each family that has it."""
    found = pkgutil.walk_packages(domain.partnership.__path__, "domain.partnership.")
    return [import_module(one.name) for one in found if one.name.split(".")[3:] == [name]]


def defined(name: str, kind: type[Any]) -> list[type[Any]]:
    """The classes of a kind that the families define in their modules of one name."""
    return [
        one
        for module in modules(name)
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, kind) and one.__module__ == module.__name__
    ]


def members(union: Any) -> set[type[Any]]:
    """The classes of a union, whether a discriminator is annotated or not."""
    parts = get_args(union)
    return {one for part in parts for one in (members(part) if get_args(part) else {part}) if isinstance(one, type)}


def test_every_event_of_a_family_is_in_the_union_and_no_other() -> None:
    assert set(defined("events", PartnershipEvent)) == members(e.Event)


def test_every_command_of_a_family_is_in_a_union_and_no_other() -> None:
    assert set(defined("commands", Command)) == members(c.AnyCommand)


def test_a_family_admits_every_command_of_staff() -> None:
    assert set(ADMISSION) == members(c.StaffRequest)


def test_a_family_says_of_every_event_what_it_changes() -> None:
    assert set(EVOLUTION) == members(e.Event)


def test_every_command_is_decided_by_its_family_or_keeps_its_fields_in_one_event() -> None:
    as_said = members(c.AnyCommand) - set(DECISIONS)
    assert as_said <= members(c.StaffRequest)
    assert all(len(PROCEDURE[command].records) == 1 for command in as_said)


def test_no_class_is_in_two_families() -> None:
    with pytest.raises(ValueError, match="Comment is in two families"):
        by_class((c.RemarkRequest, print), (c.Comment, print))
