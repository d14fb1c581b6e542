"""An archive from outside is unpacked without trusting it: it can neither reach out of its folder nor fill the disk."""

from __future__ import annotations

import bz2
import gzip
import random
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from registers.loading.texts import UnreadableFile
from registers.loading.unpacking import Bounds, Inflater, is_plain_name, unpack

DATA = b"010000001|Riverbend Library Network|Riverbend|KS|United States|PC\n" * 100
OTHER = b"010000002|Oakleaf Society|Norfolk|VA|United States|PC\n"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive, warnings.catch_warnings(action="ignore"):
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def zipped_as(mode: int) -> bytes:
    """A member that is no regular file."""
    member, packed = zipfile.ZipInfo("data.txt"), BytesIO()
    member.external_attr = mode << 16
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(member, "/etc/hosts")
    return packed.getvalue()


def zipped_with_comments(count: int) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(count):
            member = zipfile.ZipInfo(f"{n}.txt")
            member.comment = bytes(65535)
            archive.writestr(member, "")
    return packed.getvalue()


def encrypted(archive: bytes) -> bytes:
    """The flag is set in the member's own header and in the directory's."""
    directory = archive.index(b"PK\x01\x02")
    return archive[:6] + b"\x01" + archive[7 : directory + 8] + b"\x01" + archive[directory + 9 :]


def lying(archive: bytes) -> bytes:
    """The directory says that the member is smaller than it is."""
    at = archive.index(b"PK\x01\x02") + 24
    return archive[:at] + (7).to_bytes(4, "little") + archive[at + 4 :]


def misplaced(archive: bytes) -> bytes:
    """The end of the directory says that it begins further on than it does."""
    at = archive.index(b"PK\x05\x06") + 16
    return archive[:at] + (len(archive) - 1).to_bytes(4, "little") + archive[at + 4 :]


def tarred() -> bytes:
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("data.txt"))
    return packed.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "unpacked"


def write(folder: Path, content: bytes, name: str = "data.zip") -> Path:
    path = folder.parent / name
    path.write_bytes(content)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def refusal(archive: Path, folder: Path, bounds: Bounds | None = None) -> str:
    """The refusal in its one line, which names the archive. The folder is unchanged."""
    folder.mkdir(exist_ok=True)
    (folder / "held.txt").write_bytes(OTHER)
    with pytest.raises(UnreadableFile) as caught:
        unpack(archive, folder, bounds or Bounds())
    assert contents(folder) == {"held.txt": OTHER}
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.startswith(archive.name)
    assert "; " in message
    return message


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED], ids=["deflated", "stored"])
def test_the_files_of_a_zip_come_out_in_its_order(folder: Path, method: int) -> None:
    archive = write(folder, zipped(("pub78.txt", DATA), ("notes é.txt", OTHER), method=method))
    assert unpack(archive, folder) == (folder / "pub78.txt", folder / "notes é.txt")
    assert contents(folder) == {"pub78.txt": DATA, "notes é.txt": OTHER}


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        pytest.param("sdn.csv.gz", "sdn.csv", id="its ending is taken off"),
        pytest.param("SDN.CSV.GZ", "SDN.CSV", id="in capitals too"),
        pytest.param("sdn.csv", "sdn.csv", id="without an ending"),
    ],
)
def test_the_file_of_a_gzip_has_its_name(folder: Path, name: str, inner: str) -> None:
    archive = write(folder, gzip.compress(DATA) + gzip.compress(OTHER), name)
    assert unpack(archive, folder) == (folder / inner,)
    assert contents(folder) == {inner: DATA + OTHER}


def test_a_file_that_is_not_packed_stays_as_it_is(folder: Path) -> None:
    plain = write(folder, DATA, "eo1.csv")
    assert unpack(plain, folder) == (plain,)
    assert contents(folder) == {}


def test_an_older_file_of_the_same_name_is_replaced(folder: Path) -> None:
    unpack(write(folder, zipped(("pub78.txt", OTHER))), folder)
    unpack(write(folder, zipped(("pub78.txt", DATA))), folder)
    assert contents(folder) == {"pub78.txt": DATA}


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../data.txt", id="the folder above"),
        pytest.param("/etc/data.txt", id="absolute"),
        pytest.param("year/data.txt", id="a path"),
        pytest.param("year/", id="a folder"),
        pytest.param("..", id="only the folder above"),
        pytest.param("..\\data.txt", id="another system's path"),
        pytest.param("C:data.txt", id="another system's drive"),
        pytest.param(".profile", id="hidden"),
        pytest.param("data\n.txt", id="a line break"),
        pytest.param("data\u202etxt.exe", id="text that turns around"),
        pytest.param("x" * 201, id="too long"),
    ],
)
def test_a_member_whose_name_is_not_plain_is_refused(folder: Path, name: str) -> None:
    assert "unsafe file name" in refusal(write(folder, zipped(("pub78.txt", DATA), (name, OTHER))), folder)
    assert sorted(path.name for path in folder.parent.iterdir()) == ["data.zip", "unpacked"]


def test_a_name_cut_off_by_a_nul_is_not_plain() -> None:
    assert is_plain_name("eo1 (2026).csv")
    assert not is_plain_name("eo1.csv\x00.exe")
    assert not is_plain_name("")


@pytest.mark.parametrize(
    ("archive", "told"),
    [
        pytest.param(zipped_as(stat.S_IFLNK | 0o777), "holds a link or device", id="a link"),
        pytest.param(zipped_as(stat.S_IFIFO | 0o666), "holds a link or device", id="a pipe"),
        pytest.param(encrypted(zipped(("data.txt", DATA))), "is encrypted", id="encrypted"),
        pytest.param(zipped(("data.txt", DATA), method=zipfile.ZIP_BZIP2), "compressed by method 12", id="bzip2"),
        pytest.param(zipped(("data.txt", DATA), method=zipfile.ZIP_LZMA), "compressed by method 14", id="LZMA"),
        pytest.param(zipped(), "holds no file", id="empty"),
        pytest.param(zipped(*[(f"{n}.txt", b"") for n in range(21)]), "holds 21 files", id="too many files"),
        pytest.param(zipped_with_comments(65), "too long a directory", id="a directory that would fill the memory"),
        pytest.param(zipped(("data.txt", DATA), ("DATA.txt", OTHER)), "two files of one name", id="one name twice"),
        pytest.param(zipped(("a.txt", DATA), ("b", zipped())), "holds another archive, 'b'", id="a zip in a zip"),
        pytest.param(zipped(("b.txt", gzip.compress(DATA))), "holds another archive", id="a gzip in a zip"),
        pytest.param(gzip.compress(tarred()), "holds another archive", id="a tar in a gzip"),
        pytest.param(tarred(), "packed in a way that is not known", id="a tar"),
        pytest.param(bz2.compress(DATA), "packed in a way that is not known", id="bzip2 by itself"),
        pytest.param(b"7z\xbc\xaf\x27\x1c" + DATA, "packed in a way that is not known", id="7z"),
        pytest.param(zipped(("data.txt", DATA))[:-30], "is damaged", id="a zip cut off"),
        pytest.param(lying(zipped(("data.txt", DATA))), "is damaged", id="a size that is a lie"),
        pytest.param(misplaced(zipped(("data.txt", DATA))), "is damaged", id="a place before the beginning"),
        pytest.param(gzip.compress(DATA)[:-9], "is damaged", id="a gzip cut off"),
        pytest.param(gzip.compress(DATA)[:-8] + bytes(8), "is damaged", id="another checksum"),
        pytest.param(gzip.compress(DATA) + OTHER, "is damaged", id="something after a gzip"),
    ],
)
def test_an_archive_that_cannot_be_trusted_is_refused(folder: Path, archive: bytes, told: str) -> None:
    assert told in refusal(write(folder, archive), folder)


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: zipped(("data.txt", bytes(1 << 26))), id="a zip"),
        pytest.param(lambda: zipped(*[(f"{n}.txt", bytes(1 << 22)) for n in range(16)]), id="a zip of many files"),
        pytest.param(lambda: gzip.compress(bytes(1 << 26)), id="a gzip"),
    ],
)
def test_a_bomb_is_refused_before_it_has_gone_off(
    folder: Path, bomb: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = write(folder, bomb())
    seen = _watch_size(monkeypatch)
    assert "grows beyond all measure" in refusal(archive, folder)
    assert 0 < max(seen) <= 200 * archive.stat().st_size


def _watch_size(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The bytes that had been written when they were about to be removed."""
    seen: list[int] = []
    cleanup = TemporaryDirectory.cleanup

    def measured(apart: TemporaryDirectory[str]) -> None:
        seen.append(sum(path.stat().st_size for path in Path(apart.name).iterdir()))
        cleanup(apart)

    monkeypatch.setattr(TemporaryDirectory, "cleanup", measured)
    return seen


def test_what_comes_out_is_counted_over_all_files(folder: Path) -> None:
    archive = write(folder, zipped(("a.txt", DATA), ("b.txt", DATA)))
    assert "grows beyond" in refusal(archive, folder, Bounds(size=2 * len(DATA) - 1))
    assert len(unpack(archive, folder, Bounds(size=2 * len(DATA)))) == 2


def test_an_archive_is_not_unpacked_over_itself(folder: Path) -> None:
    packed = gzip.compress(DATA)
    archive = write(folder, packed, "sdn.csv")
    with pytest.raises(UnreadableFile, match="into another folder"):
        unpack(archive, archive.parent)
    assert archive.read_bytes() == packed
    assert [path.name for path in archive.parent.iterdir()] == ["sdn.csv"]


def test_a_folder_in_the_way_stops_every_file(folder: Path) -> None:
    (folder / "b.txt").mkdir(parents=True)
    with pytest.raises(UnreadableFile, match=r"in the place of b\.txt"):
        unpack(write(folder, zipped(("a.txt", DATA), ("b.txt", DATA))), folder)
    assert [path.name for path in folder.iterdir()] == ["b.txt"]


def test_a_file_that_is_not_there_is_told(folder: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"absent\.zip cannot be unpacked .* \(No such file or directory\)"):
        unpack(folder / "absent.zip", folder)


def _damaged(whole: bytes, count: int) -> Iterator[bytes]:
    """The same damages every time."""
    chance = random.Random(7)  # noqa: S311
    for _ in range(count):
        archive = bytearray(whole)
        for _ in range(chance.randint(1, 3)):
            archive[chance.randrange(4, len(archive))] = chance.randrange(256)
        yield bytes(archive[: chance.randint(len(archive) // 2, 2 * len(archive))])


@pytest.mark.slow
@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(zipped(("a.txt", DATA), ("b.txt", OTHER)), id="zip"),
        pytest.param(zipped(("a.txt", OTHER), method=zipfile.ZIP_STORED), id="stored zip"),
        pytest.param(gzip.compress(OTHER), id="gzip"),
    ],
)
def test_whatever_the_damage_nothing_half_unpacked_stays(folder: Path, whole: bytes) -> None:
    for archive in _damaged(whole, 300):
        unpacked: tuple[Path, ...] = ()
        with suppress(UnreadableFile):
            unpacked = unpack(write(folder, archive), folder)
        assert sorted(folder.iterdir()) == sorted(unpacked)
        for file in unpacked:
            file.unlink()


def test_a_stream_is_unpacked_in_pieces_that_do_not_fill_the_memory() -> None:
    inflater = Inflater()
    sizes = [len(piece) for piece in inflater.pieces(gzip.compress(bytes(1 << 24)))]
    assert (sum(sizes), max(sizes), inflater.at_end) == (1 << 24, 1 << 20, True)


def test_a_stream_of_two_members_is_one_file() -> None:
    packed = gzip.compress(DATA) + gzip.compress(OTHER)
    assert b"".join(Inflater().pieces(packed)) == DATA + OTHER


def test_a_stream_that_is_cut_off_is_known_by_its_missing_end() -> None:
    inflater, packed = Inflater(), gzip.compress(DATA)
    assert b"".join(inflater.pieces(packed[:-1])) == DATA
    assert not inflater.at_end
    assert b"".join(inflater.pieces(packed[-1:])) == b""
    assert inflater.at_end
