"""A restore to before an erasure brings a key back. The guardians' signed acts, kept elsewhere, destroy it again."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from deploy.database import open_pool
from domain.partnership import events as e
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import clock
from records.keys.keyring import Keyring
from records.privacy.sealed_texts import ERASED
from records.privacy.vault import Vault
from tests import paying
from tests.accord.operations.test_epochs import ANOTHER_TIMELINE, at, begin
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, Shell, assert_fails
from tests.builders import as_given, number, party
from tests.conftest import copy_of, name_in
from tests.scribe import Scribe, statement_for

CHAIR = "Rosa Quiroga Paz"
SUBJECT = f"{CHAIR}, Riverbend Library Network (US)"
ERASE = ("privacy", "erase", SUBJECT, "--reason", "She asked for it", "--yes", "--as")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of signed erasures."""
    return tmp_path / "erasures"


@pytest.fixture
async def here(furnished: Desk, shell: Shell, folder: Path) -> Shell:
    """A terminal of an organisation that keeps its erasures."""
    return at(shell, furnished).where(ACCORD_ERASURES=str(folder))


@pytest.fixture
async def over(furnished: Desk) -> Scribe:
    board = ({"name": CHAIR, "role": "DIRECTOR", "country": "PE"},)
    scribe = await paying.approved(furnished, as_given(paying.REFERENCE, partner=party(principals=board)))
    await scribe.says(e.PartnershipWithdrawn, "pia.berg", reason="They found other funds")
    return scribe


@pytest.fixture
async def backup(
    over: Scribe, furnished_database: str, furnished_template: str, keyring: Keyring
) -> AsyncIterator[Desk]:
    """The database as it was before anybody was erased, put back on another timeline."""
    name = name_in(furnished_database)
    pool = over.desk.pool
    await pool.expire_connections()
    async with copy_of(name, furnished_template) as copied:
        restored = await open_pool(furnished_database.replace(f"/{name}?", f"/{copied}?"))
        await restored.execute(ANOTHER_TIMELINE)
        yield Desk(restored, keyring)
        restored.terminate()


async def erased(shell: Shell) -> None:
    for guardian in ("dora.kim", "otto.audit"):
        await shell.done(*ERASE, guardian)


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


async def named_in(desk: Desk) -> list[str]:
    return [one.subject for one in await Vault(desk.pool).people()]


async def restored(shell: Shell, backup: Desk, folder: Path) -> Shell:
    """A terminal on the restored ledger, in its next epoch."""
    there = at(shell, backup).where(ACCORD_ERASURES=str(folder))
    await begin(there)
    return there


async def test_an_erasure_is_applied_again_by_what_two_guardians_signed(
    here: Shell, shell: Shell, backup: Desk, folder: Path
) -> None:
    await erased(here)
    [file] = files_in(folder)
    assert CHAIR not in file.read_text("utf-8")
    there = await restored(shell, backup, folder)
    assert await named_in(backup) == [SUBJECT], "a restore brings the key back"
    told = await there.done("privacy", "apply-again", str(folder))
    assert "is erased again, by dora.kim and otto.audit" in told.words
    assert await named_in(backup) == []
    shown = await there.done("show", paying.REFERENCE, "--json")
    assert shown.json["proposal"]["partner"]["principals"][0]["name"] == ERASED
    assert (await verify_signatures(backup.ledger)).faults == ()
    again = await there.done("privacy", "apply-again", str(folder))
    assert "Each erasure that is kept there is applied here" in again.words


@pytest.mark.slow
async def test_an_operator_is_told_that_an_erasure_waits_to_be_applied_again(
    here: Shell, shell: Shell, backup: Desk, folder: Path
) -> None:
    await erased(here)
    there = await restored(shell, backup, folder)
    told = await there("doctor", "--json")
    assert [one["remedy"] for one in told.json if one["check"] == "erasures"] == [
        f"accord privacy apply-again {folder}"
    ]
    await there.done("privacy", "apply-again", str(folder))
    told = await there("doctor", "--json")
    assert [one["what"] for one in told.json if one["check"] == "erasures"] == ["each is applied"]


@pytest.mark.slow
async def test_an_erasure_that_was_cut_off_before_the_files_were_written_anew_is_told_and_ended(
    here: Shell, over: Scribe, folder: Path
) -> None:
    await erased(here)
    await over.desk.pool.execute("UPDATE privacy.rewritten SET at = '-infinity'")
    told = await here("doctor", "--json")
    assert [one["remedy"] for one in told.json if one["check"] == "erasures"] == [
        f"accord privacy apply-again {folder}"
    ]
    await here.done("privacy", "apply-again", str(folder))
    told = await here("doctor", "--json")
    assert [one["what"] for one in told.json if one["check"] == "erasures"] == ["each is applied"]


@pytest.mark.slow
async def test_who_is_named_in_what_came_since_is_erased_by_two_who_see_it(
    here: Shell, shell: Shell, backup: Desk, over: Scribe, folder: Path
) -> None:
    """Given a comment that was made after the restore and names her, the old list does not cover it."""
    await erased(here)
    there = await restored(shell, backup, folder)
    said = e.CommentMade(at=clock.now(), actor="pia.berg", text=f"{CHAIR} called")
    signature = await backup.sign(statement_for(said, paying.REFERENCE, number("comment")))
    comment = said.model_copy(update={"signature": signature})
    stream, people = StreamId.partnership(paying.REFERENCE), over.state.people
    version = len(await backup.ledger.read_stream(stream))
    where = {"people": people, "writer": Writer.WORKER}
    await backup.append(stream, version, number("comment"), "pia.berg", comment, **where)  # type: ignore[arg-type]
    answer = await there("privacy", "apply-again", str(folder))
    assert_fails(answer, REFUSED, "does not prove", "accord privacy erase")
    assert await named_in(backup) == [SUBJECT]
    await erased(there)
    assert await named_in(backup) == []


@pytest.fixture
async def earlier(
    furnished: Desk, furnished_database: str, furnished_template: str, keyring: Keyring
) -> AsyncIterator[Desk]:
    """The database as it was before the person was named at all, put back on another timeline."""
    name = name_in(furnished_database)
    await furnished.pool.expire_connections()
    async with copy_of(name, furnished_template) as copied:
        restored = await open_pool(furnished_database.replace(f"/{name}?", f"/{copied}?"))
        await restored.execute(ANOTHER_TIMELINE)
        yield Desk(restored, keyring)
        restored.terminate()


@pytest.mark.slow
async def test_who_is_named_anew_by_what_is_recorded_again_is_told_under_whatever_pseudonym(
    earlier: Desk, here: Shell, shell: Shell, over: Scribe, folder: Path
) -> None:
    """Given a restore to before the person was named, their key there is another one, which the file cannot name."""
    await erased(here)
    [file] = files_in(folder)
    again = await paying.approved(earlier, over.state.proposed)
    await again.says(e.PartnershipWithdrawn, "pia.berg", reason="They found other funds")
    there = await restored(shell, earlier, folder)
    assert await named_in(earlier) == [SUBJECT]
    told = await there("doctor", "--json")
    assert [one["remedy"] for one in told.json if one["check"] == "erasures"] == [
        f"accord privacy apply-again {folder}"
    ]
    answer = await there("privacy", "apply-again", str(folder))
    assert_fails(answer, REFUSED, paying.REFERENCE, "under another pseudonym", "accord privacy erase", file.name)
    await erased(there)
    assert await named_in(earlier) == []
    file.unlink()
    assert "is applied here" in (await there.done("privacy", "apply-again", str(folder))).words


@pytest.mark.slow
@pytest.mark.parametrize("change", ["actor", "events", "signature", "person"])
async def test_a_file_that_somebody_changed_erases_nobody(
    here: Shell, shell: Shell, backup: Desk, folder: Path, change: str
) -> None:
    await erased(here)
    [file] = files_in(folder)
    kept = json.loads(file.read_text("utf-8"))
    first, second = kept["approvals"]
    match change:
        case "actor":
            first["actor"] = "femi.ade"
        case "events":
            first["events"][0]["leaf"] = "0" * 64
        case "signature":
            first["signature"] = second["signature"]
        case "person":
            first["person"] = "0f0c5f7e-3c9c-4a60-9d0c-6f6a5d1f2b11"
    file.write_text(json.dumps(kept), "utf-8")
    there = await restored(shell, backup, folder)
    answer = await there("privacy", "apply-again", str(folder))
    assert answer.code == (BAD_INPUT if change == "person" else REFUSED), answer
    assert await named_in(backup) == [SUBJECT]


@pytest.mark.slow
async def test_a_folder_without_erasures_and_one_that_cannot_be_written_are_told_by_name(
    here: Shell, over: Scribe, folder: Path, tmp_path: Path
) -> None:
    assert_fails(await here("privacy", "apply-again", str(folder)), BAD_INPUT, "FOLDER", "erasure-PERSON.json")
    (tmp_path / "file").write_text("", "utf-8")
    here = here.where(ACCORD_ERASURES=str(tmp_path / "file" / "folder"))
    await here.done(*ERASE, "dora.kim")
    assert_fails(await here(*ERASE, "otto.audit"), BAD_INPUT, "FOLDER", "nothing was erased")
    assert await named_in(over.desk) == [SUBJECT]


@pytest.mark.slow
async def test_without_a_folder_the_guardian_is_told_and_the_erasures_can_be_written_later(
    here: Shell, over: Scribe, folder: Path
) -> None:
    here = here.where(ACCORD_ERASURES="")
    await here.done(*ERASE, "dora.kim")
    told = await here.done(*ERASE, "otto.audit")
    assert "keep it outside the backups" in told.words
    written = await here.done("privacy", "export", str(folder))
    assert (written.code, len(files_in(folder))) == (DONE, 1)
    assert await named_in(over.desk) == []
