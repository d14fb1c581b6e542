"""The rules on keys say who signs with what: they never stop those whose keys do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest

from activities.authority import authority_of
from activities.folding import FoldedPartnership
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.commands import PlaceHold
from domain.partnership.state import Partnership
from records.directory import DirectoryRepository
from tests.builders import member, number
from tests.domain.directory.test_key_models import rules


@pytest.mark.parametrize("attested_only", [False, True])
async def test_a_hold_is_placed_under_any_rule_on_keys(attested_only: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given rules with listed models, when a verifier places a hold, then they may. No model goes along."""
    monkeypatch.setattr("activities.authority.command_fault", lambda *_: None)  # whatever is signed is proved
    asked = PlaceHold(command_id=number("a hold"), at=datetime.now(UTC), actor="vera.lind", reason="do not pay")
    directory = Directory(staff=(member("vera.lind", Role.VERIFIER),), rules=rules(attested_only).rules)
    held = FoldedPartnership(Partnership(partnership_id="P-2026-0001"))
    found = await authority_of(asked, held, directory, cast(DirectoryRepository, None))  # a hold asks for no account
    assert (found.refusal, found.member is not None) == (None, True)
    assert found.rules is not None
    assert (found.rules.models, found.rules.attested_only) == ((), False)
