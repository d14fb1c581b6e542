"""A ring of keys is read as it was written, changed one key at a time, and refused where it is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.connections import payload_keys
from deploy.logins import SecretUnusable
from deploy.payloads.keys import FILE, PayloadKey, PayloadKeys, make_payload_keys
from deploy.variables import NotConfigured

NOW = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)


def test_a_ring_is_read_as_it_was_written_by_its_owner_alone(tmp_path: Path) -> None:
    made = PayloadKeys((PayloadKey(PayloadKey.make().secret, NOW),)).with_new()
    made.write(tmp_path / FILE)
    assert PayloadKeys.read(tmp_path / FILE) == made
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_a_new_key_reads_then_writes_and_the_old_one_is_dropped() -> None:
    ring = PayloadKeys((PayloadKey(PayloadKey.make().secret, NOW),))
    old, added = ring.writes.key_id, ring.with_new()
    new = added.keys[1].key_id
    assert (added.writes.key_id, added.keys[1].since) == (old, None)
    used = added.using(new, NOW)
    assert ([one.key_id for one in used.keys], used.writes.since) == ([new, old], NOW)
    assert [one.key_id for one in used.without(old).keys] == [new]


def test_a_key_that_writes_is_not_dropped_and_one_that_is_not_there_is_neither_used_nor_dropped() -> None:
    ring = PayloadKeys((PayloadKey.make(),)).with_new()
    for key_id in (ring.writes.key_id, "0" * 16):
        with pytest.raises(KeyError):
            ring.without(key_id)
    with pytest.raises(KeyError):
        ring.using("0" * 16, NOW)


def test_a_folder_without_a_ring_gets_one_and_keeps_it(tmp_path: Path) -> None:
    made = make_payload_keys(tmp_path)
    assert (len(made.keys), made.writes.since is not None) == (1, True)
    assert make_payload_keys(tmp_path) == made == payload_keys(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["", "rubbish", "0123456789abcdef AAAA -", "0" * 16 + " " + "A" * 43 + "= -", "\x00", "a b c d"],
)
def test_what_is_no_ring_is_refused_and_never_replaced(tmp_path: Path, content: str) -> None:
    file = tmp_path / FILE
    file.write_text(content)
    file.chmod(0o600)
    with pytest.raises(SecretUnusable, match="put back the one that was there"):
        make_payload_keys(tmp_path)
    with pytest.raises(NotConfigured, match="accord payloads --help"):
        payload_keys(tmp_path)
    assert file.read_text() == content


def test_a_ring_with_a_key_twice_or_that_others_may_read_is_refused(tmp_path: Path) -> None:
    line = PayloadKey.make().line
    (tmp_path / FILE).write_text(f"{line}\n{line}\n")
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(SecretUnusable, match="one twice"):
        PayloadKeys.read(tmp_path / FILE)
    (tmp_path / FILE).write_text(f"{line}\n")
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(SecretUnusable, match="chmod 600"):
        PayloadKeys.read(tmp_path / FILE)
