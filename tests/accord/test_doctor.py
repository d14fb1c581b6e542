"""`accord doctor` tells in one screen what an installation lacks, and prints no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.client.desk import Desk
from tests.accord.shell import REFUSED, Shell

pytestmark = pytest.mark.usefixtures("worker")


CHECKS = {"versions", "settings", "database", "clocks", "logins", "temporal", "workers", "keys"}


async def test_where_nothing_is_wrong_every_check_says_what_it_found(shell: Shell, desk: Desk) -> None:
    found = (await shell.done("doctor", "--json")).json
    assert [one for one in found if one["remedy"]] == []
    assert {one["check"] for one in found} == CHECKS
    words = (await shell.done("doctor")).words
    for word in ("PostgreSQL", "migrated", "poll the queue accord", "search attributes are registered"):
        assert word in words


async def test_what_is_wrong_is_told_with_its_remedy_and_no_secret(shell: Shell, tmp_path: Path) -> None:
    """Given servers that are away and a key that is none, when it is asked, then each is named with what to do."""
    address, keys = "postgresql://somebody:Tr0ub4dor@localhost:1/accord", tmp_path / "keys"
    keys.mkdir()
    (keys / "ana.silva.pem").write_text("no key", "utf-8")
    away = {"ACCORD_DATABASE_URL": address, "TEMPORAL_ADDRESS": "localhost:1", "ACCORD_KEYS": str(keys)}
    answer = await shell.where(**away)("doctor")
    assert answer.code == REFUSED
    for word in ("the database cannot be reached", "Temporal at localhost:1", "set TEMPORAL_ADDRESS"):
        assert word in answer.words
    assert "Tr0ub4dor" not in answer.words
