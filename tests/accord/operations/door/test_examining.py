"""What came in by the door is examined, kept as a paper of its partnership or refused, and leaves quarantine once."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from accord.operations.door.serving import ExaminerProcess
from papers.examination.findings import PaperVerdict
from papers.keeping import PaperLost, Papers
from papers.store import StoreUnavailable
from tests.doors import code_for, content
from tests.doors_of_papers import Doorway, once
from tests.papers import files

_subjects: Iterator[int] = count(6000)
IBAN = b"Please pay to DE89 3704 0044 0532 0130 00 from now on.\n"


def subject() -> str:
    return f"P-2026-{next(_subjects)}"


def pdf_saying(text: str) -> bytes:
    """A PDF of one page with a text, also after it was packed."""
    document = pikepdf.open(io.BytesIO(files.pdf(1)))
    document.pages[0].Contents = document.make_stream(f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET".encode())
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


async def test_a_clean_paper_is_kept_for_its_partnership_and_leaves_quarantine(way: Doorway) -> None:
    partnership, letter = subject(), files.pdf()
    at = await way.form(partnership)
    paper = await way.hand_in(at, letter)
    await way.examiner.once()
    assert ((await way.seen(at, paper)).verdict, way.in_quarantine()) == ("CLEAN", [])
    kept = await way.kept.known(sha256(letter).digest())
    assert (kept.put_by, kept.verdict, kept.pages) == ("door", PaperVerdict.CLEAN, 2)
    mentioned = await way.office.fetchval("SELECT subject FROM papers.mentions WHERE digest = $1", kept.digest)
    assert mentioned == partnership
    opened = b"".join([part async for part in Papers(way.office, way.kept.store).open(kept.digest, "vera.lind")])
    assert opened == letter


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("name", "paper", "verdict", "why", "is_kept"),
    [
        ("eicar.txt", files.EICAR, "FOUND", "Eicar", False),
        ("macros.xlsx", files.workbook(macro=True), "ACTIVE", "macro", True),
        ("script.pdf", files.pdf(script="app.alert(1)"), "ACTIVE", "script", True),
        ("page.pdf", b"%PDF-1.7\n<html><script>alert(1)</script></html>", "REFUSED", "does not end as one", False),
        ("locked.pdf", files.pdf(password="secret"), "REFUSED", "encrypted", False),
        ("large.xlsx", lambda: files.archive({"xl/workbook.xml": bytes(200_000_000)}), "REFUSED", "unpacks", False),
        ("program.exe", b"MZ\x90\x00\x03", "REFUSED", "none of", False),
        ("budget.xlsx", files.workbook(), "CLEAN", "", True),
        ("account.txt", IBAN, "CLEAN", "looks like bank details", True),
        ("account.pdf", pdf_saying("Our IBAN: DE89 3704 0044 0532 0130 00"), "CLEAN", "looks like bank", True),
    ],
    ids=lambda said: said if isinstance(said, str) and "." in said else "",
)
async def test_each_paper_has_its_verdict_and_none_that_harms_is_kept(
    way: Doorway, name: str, paper: files.Paper, verdict: str, why: str, is_kept: bool
) -> None:
    at, content = await way.form(subject()), files.made(paper)
    handed_in = await way.hand_in(at, content, name)
    await way.examiner.once()
    seen = await way.seen(at, handed_in)
    assert (seen.verdict, why in seen.why, bool(seen.why) == bool(why)) == (verdict, True, True)
    kept = await way.office.fetchval("SELECT stored_at FROM papers.kept WHERE digest = $1", sha256(content).digest())
    assert (kept is not None, way.in_quarantine()) == (is_kept, [])


async def test_a_failed_examination_waits_for_a_person(way: Doorway) -> None:
    at = await way.form(subject())
    way.kept._scanner = "sh -c 'exit 7'"
    letter = files.pdf(3)
    paper = await way.hand_in(at, letter)
    await way.examiner.once()
    kept = await way.kept.known(sha256(letter).digest())
    assert ((await way.seen(at, paper)).verdict, kept.verdict) == ("FAILED", PaperVerdict.FAILED)


class Killed(BaseException):
    """The process ended here."""


def killed_at(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, is_after: bool) -> None:
    """Let a step end the process, before or after it was done."""
    step = getattr(owner, name)

    async def ending(*arguments: Any) -> None:
        if is_after:
            await step(*arguments)
        raise Killed

    monkeypatch.setattr(owner, name, ending)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize(
    ("owner", "step"),
    [
        ("quarantine", "copy"), ("kept", "put_examined"), ("register", "begin"), ("store", "write"),
        ("register", "finish"), ("register", "mention"), ("quarantine", "remove"),
    ],
)  # fmt: skip
async def test_a_process_that_is_killed_at_any_step_leaves_nothing_that_the_next_does_not_finish(
    way: Doorway, monkeypatch: pytest.MonkeyPatch, owner: str, step: str, is_after: bool
) -> None:
    at, letter = await way.form(subject()), files.pdf(1, launch=f"{owner}{step}{is_after}")
    paper = await way.hand_in(at, letter)
    owners = {
        "quarantine": way.examiner._quarantine, "kept": way.kept, "register": way.kept.register,
        "store": way.kept.store,
    }  # fmt: skip
    with monkeypatch.context() as patch:
        killed_at(patch, owners[owner], step, is_after)
        with pytest.raises(Killed):
            await way.examiner.once()
    await way.examiner.once()
    await way.examiner.once()
    assert ((await way.seen(at, paper)).verdict, way.in_quarantine()) == ("ACTIVE", [])
    assert len([path for path in (way.folder / "papers").rglob("*") if path.is_file()]) == 1


async def test_what_broke_off_is_gone_within_the_hour_and_what_goes_on_stays(way: Doorway) -> None:
    link, form = at = await way.form(subject())
    broken, slow = [await way.papers.begin(link, form, "papers", "report.txt", 100) for _ in range(2)]
    for paper in (broken, slow):
        await way.papers.add(link, form, paper, 0, once(b"Eleven"))
    age = "UPDATE grantee.papers SET touched_at = touched_at - $2::interval WHERE id = $1"
    await way.office.execute(age, broken, timedelta(minutes=61))
    await way.office.execute(age, slow, timedelta(minutes=59))
    await way.examiner.once()
    assert [paper.id for paper in await link.papers(form)] == [slow]
    assert len(way.in_quarantine()) == 1
    await way.papers.add(link, form, slow, 6, once(b" courses"))
    await way.papers.finish(link, form, slow)
    await way.examiner.once()
    assert ((await way.seen(at, slow)).verdict, way.in_quarantine()) == ("CLEAN", [])


async def test_what_was_dropped_before_it_was_examined_is_not_kept(way: Doorway) -> None:
    at = await way.form(subject())
    paper = await way.hand_in(at, b"Dropped at once.\n")
    assert await at[0].drop_paper(paper)
    await way.examiner.once()
    kept = await way.office.fetchval("SELECT count(*) FROM papers.kept WHERE digest = sha256('Dropped at once.\n')")
    assert (kept, way.in_quarantine()) == (0, [])


async def test_what_was_handed_in_is_examined_before_anybody_drops_it(way: Doorway) -> None:
    at = await way.form(subject())
    link = at[0]
    paper = await way.hand_in(at, b"Named by what was handed in.\n")
    found = await link.look()
    assert found is not None
    at_time, fault = await link.submit(found, content(found), await code_for(way.office, link))
    assert (at_time is not None, fault) == (True, "")
    assert not await link.drop_paper(paper)
    await way.examiner.once()
    assert ((await way.seen(at, paper)).verdict, await link.drop_paper(paper)) == ("CLEAN", True)


async def test_what_was_changed_in_quarantine_is_found_and_not_kept(way: Doorway) -> None:
    at = await way.form(subject())
    paper = await way.hand_in(at, b"Nobody changes this.\n")
    [place] = [path for path in (way.folder / "quarantine").rglob("*") if path.is_file()]
    place.write_bytes(place.read_bytes()[:-1] + b"\x00")
    await way.examiner.once()
    seen = await way.seen(at, paper)
    assert (seen.verdict, "asked for again" in seen.why) == ("FAILED", True)


async def test_what_a_stolen_door_lays_down_stops_the_examination_of_nobody_else(way: Doorway) -> None:
    """Given a paper whose name is none that the door sealed, then it fails, and the next one is examined."""
    stranger, honest = await way.form(subject()), await way.form(subject())
    bad, good = await way.hand_in(stranger, files.pdf(4)), await way.hand_in(honest, files.pdf(5))
    await way.office.execute("UPDATE grantee.papers SET name = 'rubbish' WHERE id = $1", bad)
    await way.examiner.once()
    verdict = await way.office.fetchval("SELECT verdict FROM grantee.papers WHERE id = $1", bad)
    assert (verdict, (await way.seen(honest, good)).verdict, way.in_quarantine()) == ("FAILED", "CLEAN", [])


async def test_a_store_that_is_away_loses_nothing(way: Doorway, monkeypatch: pytest.MonkeyPatch) -> None:
    at = await way.form(subject())
    paper = await way.hand_in(at, b"The store is away.\n")

    async def away(*arguments: Any) -> None:
        raise StoreUnavailable("the store of papers cannot be used")

    with monkeypatch.context() as patch:
        patch.setattr(way.kept.store, "write", away)
        with pytest.raises(StoreUnavailable):
            await way.examiner.once()
    assert (await way.examiner.backlog()).papers == 1
    await way.examiner.once()
    assert ((await way.seen(at, paper)).verdict, (await way.examiner.backlog()).papers) == ("CLEAN", 0)


async def test_the_same_paper_by_two_links_is_one_paper_of_both_partnerships(way: Doorway) -> None:
    first, second, letter = subject(), subject(), files.pdf(6)
    for partnership in (first, second):
        await way.hand_in(await way.form(partnership), letter)
    await way.examiner.once()
    rows = await way.office.fetch("SELECT subject FROM papers.mentions WHERE digest = $1", sha256(letter).digest())
    assert {row["subject"] for row in rows} == {first, second}


async def lose_a_paper_that_comes_again(way: Doorway, letter: bytes) -> UUID:
    """A paper that came in again, after the store had lost it."""
    await way.hand_in(await way.form(subject()), letter)
    await way.examiner.once()
    for kept_object in (way.folder / "papers").rglob("*"):
        if kept_object.is_file():
            kept_object.unlink()
    return await way.hand_in(await way.form(subject()), letter)


@pytest.mark.slow
async def test_a_paper_that_the_store_lost_keeps_no_other_waiting(way: Doorway) -> None:
    """Given a paper whose object is gone and which comes again, then it waits, and the next does not."""
    letter = files.pdf(7)
    lost = await lose_a_paper_that_comes_again(way, letter)
    honest = await way.form(subject())
    good = await way.hand_in(honest, files.pdf(8))
    with pytest.raises(PaperLost, match="an operator puts it again"):
        await way.examiner.once()
    assert (await way.seen(honest, good)).verdict == "CLEAN"
    assert await way.office.fetchval("SELECT verdict FROM grantee.papers WHERE id = $1", lost) is None
    await Papers(way.office, way.kept.store, files.SCANNER).put(io.BytesIO(letter), "vera.lind")
    await way.examiner.once()
    assert await way.office.fetchval("SELECT verdict FROM grantee.papers WHERE id = $1", lost) == "CLEAN"


async def test_while_the_store_is_away_what_waits_is_measured_and_what_is_over_is_erased(
    way: Doorway, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, done = ExaminerProcess(way.examiner._pool, way.examiner), list[str]()

    async def away() -> None:
        raise StoreUnavailable("the store of papers cannot be used")

    async def noted(what: str) -> None:
        done.append(what)

    monkeypatch.setattr(way.examiner, "once", away)
    monkeypatch.setattr("accord.operations.door.serving.forget_old", lambda _: noted("erased"))
    monkeypatch.setattr(process, "measure", lambda: noted("measured"))
    assert await process._looked() == "the store of papers cannot be used"
    assert done == ["erased", "measured"]


async def test_a_part_is_bound_to_its_paper_and_place(way: Doorway) -> None:
    at = await way.form(subject())
    one, other = [await way.hand_in(at, text) for text in (b"Number one.\n", b"Number two.\n")]
    folder = way.folder / "quarantine" / "quarantine"
    [mine], [theirs] = [list((folder / str(paper)).iterdir()) for paper in (one, other)]
    theirs.write_bytes(mine.read_bytes())
    await way.examiner.once()
    assert [(await way.seen(at, paper)).verdict for paper in (one, other)] == ["CLEAN", "FAILED"]
