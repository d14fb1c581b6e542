"""The demo's publications: all of one reading, with the facts that the sample lacks, and the same again."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.installation.demo_publications import publish_all, words_on_publications
from accord.cli.publishing.folders import read_receipt
from accord.cli.publishing.signatures import Trust
from accord.client.desk import Desk
from deploy.embedded.programs import LOG_KEY
from ledger.proof.notes import SigningKey
from tests.records.publications.test_reading import granted


async def test_each_publication_lies_in_a_folder_and_is_told_with_its_counts(
    furnished: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = SigningKey.make("ledger.example.org")
    (tmp_path / LOG_KEY).write_text(key.written(), "utf-8")
    await granted(furnished, "P-2026-0801", "6000.00")
    for _ in range(2):
        folders = await publish_all(furnished, tmp_path)
    kinds = ["schedules", "360giving", "iati", "commongrants", "board"]
    assert [publication.kind for _, publication, _ in folders] == kinds
    trust = Trust((str(key.verifier),))
    assert {read_receipt(folder, trust).signers for folder, _, _ in folders} == {(key.name,)}
    words_on_publications(folders)
    told = capsys.readouterr().out
    assert "1 AT_HOME" in told
    assert "publish explain" in told
