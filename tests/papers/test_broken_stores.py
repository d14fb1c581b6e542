"""A store that is gone, full or changed under a reader: one line with the remedy, and never half a paper."""

from __future__ import annotations

import io
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

from papers.keeping import PaperClosed, Papers
from papers.sealing import PaperDamaged
from papers.store import ObjectMissing, Store, StoreUnavailable
from tests.papers import files
from tests.papers.test_keeping import house, new_letter, objects, opened, pool, put  # noqa: F401 - two are fixtures


@pytest.fixture
def papers(pool: asyncpg.Pool, tmp_path: Path) -> Papers:  # noqa: F811 - the fixture
    return Papers(pool, Store(str(tmp_path / "papers")), files.SCANNER)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Have the system refuse every write beyond a size, as a disk that is full does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_disk_that_is_full_keeps_nothing_and_the_same_put_goes_on_once_there_is_room(
    papers: Papers, tmp_path: Path
) -> None:
    content = new_letter()
    with files_of_at_most(1 << 19), pytest.raises(StoreUnavailable, match="try again once it answers") as refused:
        await put(papers, content)
    assert "\n" not in str(refused.value)
    assert objects(tmp_path) == []
    with pytest.raises(PaperClosed, match="no such paper"):
        await opened(papers, sha256(content).digest())
    assert await opened(papers, await put(papers, content)) == content


async def test_a_folder_that_is_gone_is_said_and_what_it_held_is_put_again(papers: Papers, tmp_path: Path) -> None:
    content = new_letter()
    digest = await put(papers, content)
    shutil.rmtree(tmp_path / "papers")
    with pytest.raises(ObjectMissing):
        await opened(papers, digest)
    assert await opened(papers, await put(papers, content)) == content


async def test_a_folder_that_is_a_file_by_now_is_said_in_a_line(papers: Papers, tmp_path: Path) -> None:
    (tmp_path / "papers").rmdir()
    (tmp_path / "papers").write_text("no folder")
    with pytest.raises(StoreUnavailable) as refused:
        await put(papers, new_letter())
    assert "\n" not in str(refused.value)


async def test_a_paper_whose_object_goes_while_it_is_opened_is_whole_or_not_at_all(
    papers: Papers, tmp_path: Path
) -> None:
    """Given a reader at the first frame, when the object is deleted, then they have all of it, or a fault."""
    content = b"".join(new_letter() for _ in range(4))
    digest = await put(papers, content)
    reading = papers.open(digest, "ravi.shah")
    parts = [await anext(reading)]
    [stored] = objects(tmp_path)
    stored.unlink()
    with suppress(ObjectMissing, PaperDamaged, StoreUnavailable):
        parts += [part async for part in reading]
        parts.append(b"")
    assert (b"".join(parts) == content) == (parts[-1] == b"")


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 300 + ".csv", "fdp.\u202exsc", "a\0b\n.pdf", "", "."])
async def test_no_name_leads_anywhere_and_none_is_kept(papers: Papers, tmp_path: Path, name: str) -> None:
    paper = await papers.put(io.BytesIO(new_letter()), "pia.berg", "P-2026-0042", name)
    assert paper.file_name == f"paper-{paper.sha256[:16]}{paper.kind.suffix}"
    [stored] = objects(tmp_path)
    assert stored.relative_to(tmp_path / "papers").as_posix() == paper.object
