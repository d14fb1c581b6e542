"""The nursery: each paper has a child of its own, which no other paper meets, and which ends with its answer."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from papers.examination import children
from papers.examination.children import NoAnswer, Nursery, answer_of
from papers.examination.examiner import PreviewFailed, examine, preview
from papers.examination.findings import PaperVerdict
from papers.kinds import PaperKind
from tests.papers import files
from tests.waiting import until


@pytest.fixture
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    """A nursery of this test's own."""
    own = Nursery()
    monkeypatch.setattr(children, "_nurseries", [own])
    yield own
    own.leave()


async def looked(content: bytes) -> int:
    return int(json.loads(await answer_of(io.BytesIO(content), "look", "PDF"))["pages"])


def descendants(process: int) -> set[int]:
    """The processes that began below one, those of namespaces of their own among them."""
    listed = {int(path.name): path / "stat" for path in Path("/proc").iterdir() if path.name.isdecimal()}
    parents = dict[int, int]()
    for number, stat in listed.items():
        try:
            parents[number] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, newer = {process}, {process}
    while newer:
        newer = {number for number, parent in parents.items() if parent in newer} - found
        found |= newer
    return found - {process}


async def alone(nursery: Nursery) -> set[int]:
    """The processes below a nursery, once it has no child any more: itself, where it lives apart."""

    async def without_children() -> bool:
        return len(descendants(nursery.process.pid)) <= 1

    await until(without_children)
    return descendants(nursery.process.pid)


async def test_each_paper_has_a_child_of_its_own_and_one_nursery_serves_all(nursery: Nursery) -> None:
    assert await asyncio.gather(*(looked(files.pdf(pages=number)) for number in range(1, 9))) == [*range(1, 9)]
    assert nursery.process.poll() is None


@pytest.mark.slow
async def test_no_child_is_left_after_its_answer(nursery: Nursery) -> None:
    await looked(files.pdf())
    assert len(await alone(nursery)) <= 1


def test_it_holds_nothing_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a secret in the environment, when a nursery is started, then it has none of it."""
    monkeypatch.setenv("ACCORD_KEY_PASSPHRASE", "orchard")
    own = Nursery()
    environment = b""
    while not environment and own.process.poll() is None:  # while it starts, it has none yet
        environment = Path(f"/proc/{own.process.pid}/environ").read_bytes()
    own.leave()
    assert {part.partition(b"=")[0] for part in environment.split(b"\0") if part} == {
        b"PYTHONPATH", b"PYTHONDONTWRITEBYTECODE", b"LC_ALL",
    }  # fmt: skip


@pytest.mark.slow
async def test_a_child_that_is_killed_midway_leaves_a_paper_that_waits_for_a_person(nursery: Nursery) -> None:
    """Given a file that never ends, when the child that reads it is killed, then there is no word on it."""
    await looked(files.pdf())

    class Slow(io.BytesIO):
        """A file that gives its bytes until the child is killed."""

        def read(self, size: int | None = -1, /) -> bytes:
            for number in descendants(nursery.process.pid) if self.tell() > 1 << 20 else ():
                if number not in settled:
                    os.kill(number, signal.SIGKILL)
            return super().read(size)

    settled = await alone(nursery)
    verdict, _, why = await examine(Slow(files.pdf() + bytes(8 << 20)), PaperKind.PDF, files.SCANNER)
    assert (verdict, "gave no answer" in why) == (PaperVerdict.FAILED, True)
    assert await looked(files.pdf()) == 2


@pytest.mark.slow
async def test_another_nursery_begins_once_one_was_killed_or_had_its_children(
    nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.kill(nursery.process.pid, signal.SIGKILL)
    nursery.process.wait()
    assert await looked(files.pdf()) == 2
    second = children._nurseries[0]
    assert second is not nursery
    monkeypatch.setattr(children, "MOST_CHILDREN", 1)
    assert await looked(files.pdf()) == 2
    assert children._nurseries[0] is not second


async def test_a_child_that_says_nothing_in_its_time_is_no_answer(
    nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(children, "SECONDS", 0)
    with pytest.raises(NoAnswer, match="more than 0 seconds"):
        await looked(files.pdf())


async def test_an_answer_that_is_cut_is_no_picture(nursery: Nursery, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cut(*_: object) -> bytes:
        return (9).to_bytes(8, "big") + b"short"

    monkeypatch.setattr(children, "exchange", cut)
    with pytest.raises(PreviewFailed, match="broke off"):
        await preview(io.BytesIO(files.pdf()), PaperKind.PDF, 1)
