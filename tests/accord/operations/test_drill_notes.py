"""What a drill showed is signed beside the checkpoints, and nobody without the log's key can claim one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.operations.drill_notes import DrillCertificate, keep_certificate, newest_of_each
from ledger.proof.notes import NoteRefused, SigningKey

AT = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
RESTORE = DrillCertificate("restore", AT, 13, 10.6, 0)
KEY = SigningKey.make("ledger.example.org")


@given(
    st.builds(
        DrillCertificate,
        st.sampled_from(["restore", "temporal", "failover"]),
        st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1)).map(lambda at: at.replace(microsecond=0)),  # noqa: DTZ001
        st.integers(0, 10**9),
        st.integers(0, 10**6).map(lambda tenths: tenths / 10),
        st.integers(0, 99),
    )
)
def test_a_certificate_says_the_same_when_it_is_read(certificate: DrillCertificate) -> None:
    assert DrillCertificate.parse(certificate.text) == certificate


@pytest.mark.parametrize(
    "text", ["", "accord drill 1\n", RESTORE.text.replace("drill 1", "drill 2"), RESTORE.text.replace("lost", "found"),
             RESTORE.text.replace("2026", "now"), RESTORE.text + "more\n", RESTORE.text.replace("restore", "../x")]
)  # fmt: skip
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(NoteRefused, match="not the certificate of a drill"):
        DrillCertificate.parse(text)


def test_the_newest_of_each_drill_stands(tmp_path: Path) -> None:
    newer = DrillCertificate("restore", AT + timedelta(days=30), 40, 3.2, 1)
    temporal = DrillCertificate("temporal", AT, 0, 4.0, 0)
    for certificate in (newer, RESTORE, temporal):
        keep_certificate(tmp_path, certificate, KEY)
    assert newest_of_each(tmp_path, (KEY.verifier,)) == [newer, temporal]
    assert (RESTORE.held, newer.held) == (True, False)


def test_a_certificate_that_another_signed_or_changed_counts_for_nothing(tmp_path: Path) -> None:
    kept = keep_certificate(tmp_path, RESTORE, KEY)
    kept.write_text(kept.read_text("utf-8").replace("lost 13", "lost 0"), "utf-8")
    keep_certificate(tmp_path, DrillCertificate("failover", AT, 0, 1.0, 0), SigningKey.make("ledger.example.org"))
    (tmp_path / "20261201T000000Z-rubbish.drill").write_bytes(b"\xff\x00")
    assert newest_of_each(tmp_path, (KEY.verifier,)) == []
