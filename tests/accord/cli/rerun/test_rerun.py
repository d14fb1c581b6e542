"""A law changes: last year again, as people type it, and as an outsider verifies it without the database."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from records.keys.keyring import Keyring
from tests.accord.operations.rerun.records import PastCase
from tests.accord.shell import BAD_INPUT, REFUSED, Shell

DRAFT = SAMPLE / "drafts" / "a-tenth.toml"
YEAR = ("--from", "2025-01-01", "--until", "2025-12-31")


@pytest.mark.slow
async def test_a_draft_is_run_kept_and_verified_by_an_outsider(
    shell: Shell, staffed_database: str, staffed_pool: asyncpg.Pool, keyring: Keyring, tmp_path: Path
) -> None:
    """Given a grant of 2025 above a tenth of the revenue, then it is named, kept, and a changed file is refused."""
    case = PastCase(Desk(staffed_pool, keyring))
    await case.approved("100000.00")
    key, kept, office = tmp_path / "log.key", tmp_path / "kept", shell.where(ACCORD_DATABASE_URL=staffed_database)
    await office.done("ledger", "key", "ledger.example.org", "--out", key)
    asked = ("policy", "rerun", "--edition", DRAFT, *YEAR, "--out", kept, "--key", key)
    answer = await office.done(*asked)
    told = f"{case.reference} approved 2025-06-02: Would have waited: said nothing, and would ask a question"
    assert told in answer.words
    assert "(DRAFT-TENTH; Invented Grants Act, section 4(1)); would ask more approvers: director" in answer.words
    assert "Nothing was decided" in answer.words
    again = await office.done(*asked, "--json")
    [decision] = again.json["otherwise"]
    assert (decision["partnership"], decision["verdict"]) == (case.reference, "WAITED")
    outsider = Shell()
    verified = await outsider.done("policy", "verify", kept, "--log", f"{key}.pub")
    assert f"ledger of {again.json['position']} events with root {again.json['root']}" in verified.words
    assert "1 reruns, each as it was signed." in verified.words
    [report] = kept.glob("*.json")
    report.chmod(0o600)
    report.write_bytes(report.read_bytes().replace(b'"WAITED"', b'"SAME"', 1))
    refused = await outsider("policy", "verify", kept, "--log", f"{key}.pub")
    assert (refused.code, "is not the report it names" in refused.words) == (REFUSED, True)


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--edition", "2020.1"), "2020.1 is no file of a draft, and no edition"),
        (("--edition", "2026.6", "--out", "kept"), "--key, --out: give both"),
        (("--edition", "2026.6", "--from", "2026-13-01"), "--from: '2026-13-01' is no day"),
        (("--edition", "2026.6", "--from", "2026-01-02", "--until", "2026-01-01"), "is after 2026-01-01"),
    ],
)
async def test_what_was_asked_wrongly_is_told(words: tuple[str, ...], fault: str) -> None:
    answer = await Shell()("policy", "rerun", *words)
    assert answer.code == BAD_INPUT
    assert fault in answer.words


async def test_a_draft_with_a_fault_is_told_where(tmp_path: Path) -> None:
    path = tmp_path / "draft.toml"
    path.write_text(DRAFT.read_text("utf-8").replace("sum.amount", "sum.colour"), "utf-8")
    answer = await Shell()("policy", "rerun", "--edition", path)
    assert answer.code == BAD_INPUT
    assert "sum is no fact; there are direction" in answer.words
    assert "accord schema edition-draft" in answer.words
