"""The rules on keys say who signs with what: they never stop those whose keys do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from activities.authority import authority_of
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.commands import PlaceHold
from records.directory import DirectoryRepository
from tests.builders import member, number
from tests.domain.directory.test_key_models import rules


class Registrar:
    """The directory of an organisation with rules on keys, to which whatever is signed is proved."""

    def __init__(self, attested_only: bool) -> None:
        self._rules = rules(attested_only).rules

    async def directory(self) -> Directory:
        return Directory(staff=(member("vera.lind", Role.VERIFIER),), rules=self._rules)

    async def fault_of_command(self, *_: Any) -> str:
        return ""


@pytest.mark.parametrize("attested_only", [False, True])
async def test_a_hold_is_placed_under_any_rule_on_keys(attested_only: bool) -> None:
    """Given rules with listed models, when a verifier places a hold, then they may; no model goes along."""
    asked = PlaceHold(command_id=number("a hold"), at=datetime.now(UTC), actor="vera.lind", reason="do not pay")
    found = await authority_of(asked, "P-2026-0001", cast(DirectoryRepository, Registrar(attested_only)))
    assert (found.refusal, found.member is not None) == ("", True)
    assert found.rules is not None
    assert (found.rules.models, found.rules.attested_only) == ((), False)
