"""Common parts of the tests of registers."""

from __future__ import annotations

import pytest

from registers.loading import loader


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """No version is refused: where a test is about what becomes of versions, whatever they hold."""
    monkeypatch.setattr(loader, "implausible", lambda _arrival, _floor: None)
