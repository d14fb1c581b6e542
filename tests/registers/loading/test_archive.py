"""Evidence can be made anew only from the very files it rests on: each is kept once, and never another in its place."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest

from registers.history import files_of
from registers.loading.archive import Archive, Archived, ArchiveUnwritable
from registers.loading.loader import load
from registers.loading.texts import UnreadableFile, digest
from tests.registers.files import FIRST_DAY, pub78_row, write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the archive. It need not exist."""
    return tmp_path / "keeping" / "archive"


@pytest.fixture
def archive(folder: Path) -> Archive:
    """An archive that is still empty."""
    return Archive(folder)


def held(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_by_its_digest_and_comes_out_as_it_was(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path, "pub78.txt", pub78_row(1), end="\r\n")
    kept = archive.keep(path)
    assert kept == Archived("pub78.txt", digest(path))
    assert archive.open(kept).read_bytes() == path.read_bytes()


def test_what_is_kept_outlives_the_file_it_came_from(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path, "pub78.txt", pub78_row(1))
    kept, content = archive.keep(path), path.read_bytes()
    path.write_bytes(b"another month")
    assert archive.open(kept).read_bytes() == content
    path.unlink()
    assert archive.open(kept).read_bytes() == content


def test_what_does_not_fit_is_told_with_the_remedy_and_leaves_nothing_half_written(
    archive: Archive, folder: Path, tmp_path: Path
) -> None:
    path = write(tmp_path, "pub78.txt", *(pub78_row(number) for number in range(1, 200)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # as a disk without room: the kernel writes no further
    try:
        with pytest.raises(ArchiveUnwritable) as told:
            archive.keep(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert f"pub78.txt cannot be kept in the archive {folder} (File too large): make room there" in str(told.value)
    assert held(folder) == []
    assert archive.open(archive.keep(path)).read_bytes() == path.read_bytes()


def test_the_same_content_is_kept_once_whatever_it_is_called(archive: Archive, folder: Path, tmp_path: Path) -> None:
    one, other = (write(tmp_path, name, pub78_row(1)) for name in ("november.txt", "december.txt"))
    first = archive.keep(one)
    place = archive.open(first)
    untouched = place.stat().st_mtime_ns
    second = archive.keep(other)
    assert (first.name, second.name) == ("november.txt", "december.txt")
    assert archive.open(second) == place
    assert (held(folder), place.stat().st_mtime_ns) == ([place], untouched)


def test_contents_that_differ_are_kept_apart_though_they_have_one_name(archive: Archive, tmp_path: Path) -> None:
    kept = [archive.keep(write(tmp_path, "pub78.txt", pub78_row(number))) for number in (1, 2)]
    assert [archive.open(one).read_text() for one in kept] == [pub78_row(1) + "\n", pub78_row(2) + "\n"]


def test_what_was_never_kept_is_not_there(archive: Archive, folder: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        archive.open(Archived("pub78.txt", "ab" * 32))
    assert str(caught.value) == f"pub78.txt (abababababababab) is not in the archive {folder}"


@pytest.mark.parametrize(
    "changed",
    [pytest.param(b"", id="emptied"), pytest.param(b"x", id="overwritten"), pytest.param(None, id="one byte more")],
)
def test_what_was_changed_is_not_taken_for_what_was_kept(
    archive: Archive, tmp_path: Path, changed: bytes | None
) -> None:
    kept = archive.keep(write(tmp_path, "pub78.txt", pub78_row(1)))
    place = archive.open(kept)
    place.write_bytes(place.read_bytes() + b"\n" if changed is None else changed)
    with pytest.raises(UnreadableFile) as caught:
        archive.open(kept)
    assert str(caught.value) == f"pub78.txt ({kept.sha256[:16]}) was changed in the archive; restore it"


def test_nothing_half_copied_is_left(archive: Archive, folder: Path, tmp_path: Path) -> None:
    kept = [archive.keep(write(tmp_path, f"{number}.txt", pub78_row(number))) for number in range(3)]
    assert sorted(held(folder)) == sorted(archive.open(one) for one in kept)


@pytest.mark.parametrize(
    ("rows", "refused"),
    [pytest.param(3, False, id="put in force"), pytest.param(1, True, id="refused")],
)
async def test_the_files_of_every_load_are_kept_refused_ones_too(
    connection: asyncpg.Connection, archive: Archive, tmp_path: Path, rows: int, refused: bool
) -> None:
    path = write(tmp_path, "pub78.txt", *[pub78_row(number) for number in range(rows)])
    report = await load(connection, "irs-pub78", (path,), FIRST_DAY, archive, minimum_rows=2)
    assert report.refused is refused
    (kept,) = await files_of(connection, report.version)
    assert kept == Archived("pub78.txt", digest(path))
    assert archive.open(kept).read_bytes() == path.read_bytes()


def test_a_copy_that_was_changed_is_mended_when_the_file_comes_again(tmp_path: Path) -> None:
    path, folder = tmp_path / "list.csv", tmp_path / "archive"
    path.write_bytes(b"as published")
    kept = Archive(folder).keep(path)
    (folder / kept.sha256[:2] / kept.sha256).write_bytes(b"as forged ...")
    assert Archive(folder).open(Archive(folder).keep(path)).read_bytes() == b"as published"


def test_many_may_keep_the_same_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"as published" * 10_000)
    archive = Archive(tmp_path / "archive")
    with ThreadPoolExecutor(8) as threads:
        kept = set(threads.map(archive.keep, [path] * 40))
    assert [archive.open(one).read_bytes() for one in kept] == [path.read_bytes()]
