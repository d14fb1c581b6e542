"""The console of a stack shows the signed line of each day where its folder has a key that signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.console.serving.settings import ISSUER, LOG_KEY, ORIGIN, SIGNING, ConsoleSettings
from accord.demo.money.night import furnish_key
from deploy.embedded.stack import Stack

PAGES = {ORIGIN: "http://localhost:1", SIGNING: "http://localhost:2", ISSUER: "http://localhost:3"}


def test_with_a_key_it_has_all_settings_that_a_console_asks_for_and_without_one_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(tmp_path).programs
    assert stack.lines_of_days == {}
    furnish_key(tmp_path)
    settings = ConsoleSettings.from_environment({**PAGES, **stack.lines_of_days})
    assert (settings.checkpoints, settings.log_key) == (
        str(tmp_path / "checkpoints"), str(tmp_path / "ledger.key.pub")
    )  # fmt: skip
    monkeypatch.setenv(LOG_KEY, "elsewhere.key.pub")
    assert stack.lines_of_days == {}, "what is set for all processes counts"
