"""A paper is kept once by its content, opened as it was or not at all, and never half, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import asyncpg
import pytest

from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from papers.examination.findings import PaperVerdict
from papers.keeping import PaperClosed, Papers
from papers.kinds import PaperRefused
from papers.sealing import PaperDamaged
from papers.store import ObjectMissing, Store, StoreUnavailable
from tests.conftest import MIGRATED, Office, copy_of
from tests.logins import let_in
from tests.papers import files

LETTER = b"We grant 10,000.\n" * 90_000
"""More than one frame."""


@pytest.fixture(scope="module")
async def house(stack: Stack, template: str) -> AsyncIterator[Office]:
    async with copy_of(MIGRATED, template) as name:
        made = Office(stack.postgres, name)
        await let_in(made.url)
        yield made


@pytest.fixture
async def pool(house: Office) -> AsyncIterator[asyncpg.Pool]:
    """The console's own login: it has no right that these tests do not need."""
    async with await open_pool(house.url_of(Login.CONSOLE)) as pool:
        yield pool


@pytest.fixture
def papers(pool: asyncpg.Pool, tmp_path: Path) -> Papers:
    return Papers(pool, Store(str(tmp_path)), files.SCANNER)


_numbers = iter(range(1_000_000))


def new_letter() -> bytes:
    """A letter that no other test puts."""
    return f"Number {next(_numbers)}\n".encode() + LETTER


async def put(papers: Papers, content: bytes, subject: str = "") -> bytes:
    return (await papers.put(io.BytesIO(content), "pia.berg", subject)).digest


async def opened(papers: Papers, digest: bytes) -> bytes:
    return b"".join([part async for part in papers.open(digest, "ravi.shah")])


def objects(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def looks(pool: asyncpg.Pool, digest: bytes) -> list[str]:
    query = "SELECT staff_id FROM console.looks WHERE subject = $1 ORDER BY number"
    return [row[0] for row in await pool.fetch(query, f"paper {digest.hex()}")]


async def test_a_paper_is_found_by_its_digest_and_each_opening_is_a_look(papers: Papers, pool: asyncpg.Pool) -> None:
    content = new_letter()
    digest = await put(papers, content, "P-2026-0042")
    assert digest == sha256(content).digest()
    assert (await papers.known(digest)).verdict is PaperVerdict.CLEAN
    assert await looks(pool, digest) == []
    assert [await opened(papers, digest) for _ in range(2)] == [content, content]
    assert await looks(pool, digest) == ["ravi.shah", "ravi.shah"]


async def test_nothing_of_it_is_readable_in_the_store_and_no_name_tells_of_it(papers: Papers, tmp_path: Path) -> None:
    digest = await put(papers, new_letter())
    [stored] = objects(tmp_path)
    assert b"We grant" not in stored.read_bytes()
    assert digest.hex()[:8] not in str(stored.relative_to(tmp_path))


async def test_the_same_content_is_one_object_for_several(papers: Papers, tmp_path: Path) -> None:
    content = new_letter()
    digests = {await put(papers, content, subject) for subject in ("P-2026-0001", "P-2026-0002", "P-2026-0001")}
    assert (len(digests), len(objects(tmp_path))) == (1, 1)
    assert await papers.register.subjects(digests.pop()) == ("P-2026-0001", "P-2026-0002")


async def test_two_who_put_it_at_once_keep_one(papers: Papers, tmp_path: Path) -> None:
    content = new_letter()
    digests = set(await asyncio.gather(*(put(papers, content) for _ in range(3))))
    assert (len(digests), len(objects(tmp_path))) == (1, 1)
    assert await opened(papers, digests.pop()) == content


async def test_a_put_that_broke_off_is_no_paper_and_is_put_again(
    papers: Papers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = new_letter()

    async def full(*_: object) -> bool:
        raise StoreUnavailable("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(papers.store, "write", full)
        with pytest.raises(StoreUnavailable):
            await put(papers, content)
    with pytest.raises(PaperClosed, match="no such paper"):
        await opened(papers, sha256(content).digest())
    assert objects(tmp_path) == []
    assert await opened(papers, await put(papers, content)) == content


async def test_an_object_that_was_left_half_is_written_anew(papers: Papers, tmp_path: Path) -> None:
    content = new_letter()
    digest = await put(papers, content)
    [stored] = objects(tmp_path)
    stored.write_bytes(stored.read_bytes()[:1000])
    with pytest.raises(PaperDamaged):
        await opened(papers, digest)
    await put(papers, content)
    assert await opened(papers, digest) == content


async def test_what_the_store_lost_is_said_and_put_again(papers: Papers, tmp_path: Path) -> None:
    content = new_letter()
    digest = await put(papers, content)
    [stored] = objects(tmp_path)
    stored.unlink()
    with pytest.raises(ObjectMissing):
        await opened(papers, digest)
    assert await put(papers, content) == digest
    assert await opened(papers, digest) == content


async def test_another_objects_bytes_do_not_open(papers: Papers, tmp_path: Path) -> None:
    first, second = await put(papers, new_letter()), await put(papers, new_letter())
    one, two = objects(tmp_path)
    swapped = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(swapped)
    for digest in (first, second):
        with pytest.raises(PaperDamaged):
            await opened(papers, digest)


async def test_a_database_put_back_to_before_a_put_keeps_it_anew(papers: Papers, house: Office, tmp_path: Path) -> None:
    content = new_letter()
    digest = await put(papers, content)
    owner = await asyncpg.connect(house.url)
    await owner.execute("DELETE FROM papers.keys WHERE digest = $1", digest)
    await owner.execute("DELETE FROM papers.mentions WHERE digest = $1", digest)
    await owner.execute("DELETE FROM papers.kept WHERE digest = $1", digest)
    await owner.close()
    assert await put(papers, content) == digest
    assert await opened(papers, digest) == content
    assert len(objects(tmp_path)) == 2  # the older one has a key that no table holds


async def test_what_a_scanner_finds_is_not_kept(papers: Papers, tmp_path: Path) -> None:
    with pytest.raises(PaperRefused, match="the scanner found Eicar-Test-Signature"):
        await put(papers, files.EICAR)
    assert objects(tmp_path) == []
    assert await papers.register.find(sha256(files.EICAR).digest()) is None


async def test_what_the_scanner_could_not_judge_is_kept_and_not_opened(pool: asyncpg.Pool, tmp_path: Path) -> None:
    papers = Papers(pool, Store(str(tmp_path)), "sh -c 'exit 2'")
    digest = await put(papers, new_letter())
    with pytest.raises(PaperClosed, match="its examination failed"):
        await opened(papers, digest)
    assert await looks(pool, digest) == []


async def test_the_shell_of_staff_examines_again_what_failed(house: Office, pool: asyncpg.Pool, tmp_path: Path) -> None:
    content = new_letter()
    digest = await put(Papers(pool, Store(str(tmp_path)), "sh -c 'exit 2'"), content)
    async with await open_pool(house.url_of(Login.STAFF)) as staff:
        again = Papers(staff, Store(str(tmp_path)), files.SCANNER)
        assert (await again.examine_again(digest, io.BytesIO(), "noor.haddad")).verdict is PaperVerdict.CLEAN
        assert await opened(again, digest) == content


async def test_what_is_found_later_closes_a_paper_that_was_open(
    house: Office, pool: asyncpg.Pool, tmp_path: Path
) -> None:
    digest = await put(Papers(pool, Store(str(tmp_path))), f"{next(_numbers)} ".encode() + files.EICAR)
    async with await open_pool(house.url_of(Login.STAFF)) as staff:
        again = Papers(staff, Store(str(tmp_path)), files.SCANNER)
        await again.examine_again(digest, io.BytesIO(), "noor.haddad")
        with pytest.raises(PaperClosed, match="never opened"):
            await opened(again, digest)


async def test_a_name_is_kept_nowhere(papers: Papers, pool: asyncpg.Pool) -> None:
    for name in ("../../etc/passwd", "a\u202eFDP.exe", "n" * 300 + ".pdf"):
        paper = await papers.put(io.BytesIO(new_letter()), "pia.berg", name=name)
        assert paper.file_name == f"paper-{paper.sha256[:16]}.txt"
        row = await pool.fetchrow("SELECT kept::text FROM papers.kept WHERE digest = $1", paper.digest)
        assert name[-9:] not in str(row)


async def test_a_paper_of_which_nobody_has_the_key_is_none(papers: Papers) -> None:
    with pytest.raises(PaperClosed, match="no such paper"):
        await opened(papers, bytes(32))
