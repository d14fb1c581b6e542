"""Unpack an untrusted archive: names are checked, bytes are counted, and a refused archive leaves no files behind."""

from __future__ import annotations

import gzip
import os
import re
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from io import BufferedReader, FileIO
from pathlib import Path
from typing import IO, Final, NamedTuple, TypeAlias, cast

from registers.loading.texts import UnreadableFile

_CHUNK: Final = 1 << 20

_GZIP_STREAM: Final = 31
"""The `wbits` value of zlib for a stream with the header and checksum of gzip."""

_LARGEST_DIRECTORY: Final = 4 << 20
"""The most bytes of a zip's directory, enough for a few members with the longest names, extra fields and comments."""

_LONGEST_NAME: Final = 200
"""The most bytes of a name. File systems allow 255, and a temporary name adds some."""

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP: Final = b"\x1f\x8b"
_OTHER_ARCHIVES: Final = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_BZIP2: Final = re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)")
_TAR: Final = (b"ustar\x00", b"ustar  \x00")
_TAR_OFFSET: Final = 257

_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""The allowed compression methods. zipfile decompresses the others without a bound on memory."""

_ENCRYPTED: Final = 0x1
_DAMAGE: Final = (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, ValueError, NotImplementedError)
"""The exceptions for damaged archives. Invalid UTF-8 and impossible offsets raise ValueError."""


class Bounds(NamedTuple):
    """The limits on what may be extracted from an archive."""

    members: int = 20
    size: int = 4 << 30
    """Bytes of all members together."""
    ratio: int = 200
    """Bytes of all members together for each byte of the archive."""


_DEFAULT_BOUNDS: Final = Bounds()


class _Refused(Exception):
    """The archive is refused.

    The message holds the fault and the remedy. The caller puts the archive's name first.
    """


class _SmallReads(BufferedReader):
    """A reader of a zip file that refuses a long directory, which zipfile holds in memory before it counts members.

    A seek to before the start is reported as a damaged archive; zipfile would report it as an error of the disk.
    """

    def read(self, size: int | None = -1, /) -> bytes:
        byte_count = self._rest() if size is None or size < 0 else size
        if byte_count > _LARGEST_DIRECTORY:
            raise _Refused("has too long a directory; see that it is the publisher's own archive")
        return super().read(byte_count)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        if whence == os.SEEK_SET and offset < 0:
            raise zipfile.BadZipFile("a file before the beginning")
        return super().seek(offset, whence)

    def _rest(self) -> int:
        return os.fstat(self.fileno()).st_size - self.tell()


_Members: TypeAlias = Generator[tuple[str, IO[bytes]], None, None]
"""A generator of (name, content), one per file to be extracted."""


class Inflater:
    """A streaming gzip decompressor that yields pieces of bounded size."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_STREAM)

    @property
    def at_end(self) -> bool:
        """True if the gzip stream received so far is complete."""
        return self._stream.eof

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the decompressed content of the next bytes.

        Raises:
            zlib.error: The bytes are damaged.
        """
        while chunk:
            if self._stream.eof:
                self._stream = zlib.decompressobj(_GZIP_STREAM)
            yield self._stream.decompress(chunk, _CHUNK)
            chunk = self._stream.unconsumed_tail or self._stream.unused_data


def is_plain_name(name: str) -> bool:
    """Return True if an untrusted file name is safe to extract into a folder.

    A safe name is printable, not too long, not hidden, and has no path separator or colon.
    """
    return (
        name.isprintable()
        and 0 < len(name.encode()) <= _LONGEST_NAME
        and not name.startswith(".")
        and not set(name) & set("/\\:")
    )


def unpack(path: Path, folder: Path, bounds: Bounds = _DEFAULT_BOUNDS) -> tuple[Path, ...]:
    """Extract a zip or gzip file into a folder and return the paths of its files. Return any other file's own path.

    A file that already has the name of an extracted one is replaced. No file is replaced before all are extracted:
    after a refusal the folder holds what it held before.

    Raises:
        UnreadableFile: The archive is damaged, encrypted, nested, too large, or names its files in an unsafe way; or
            the files cannot be written to disk.
    """
    try:
        beginning = _beginning(path)
        if beginning.startswith(_ZIP):
            return _extract(_zip_members(path, bounds.members), path, folder, bounds)
        if beginning.startswith(_GZIP):
            return _extract(_gzip_member(path), path, folder, bounds)
        if _is_packed(beginning):
            raise _Refused("is packed in a way that is not known here; download it as zip, gzip or plain data")
    except _Refused as fault:
        raise UnreadableFile(f"{path.name} {fault}") from fault
    except _DAMAGE as fault:
        raise UnreadableFile(f"{path.name} is damaged ({_in_a_line(fault)}); download it again") from fault
    except OSError as fault:
        raise UnreadableFile(f"{path.name} cannot be unpacked into {folder} ({fault.strerror}); mend that") from fault
    return (path,)


def _in_a_line(fault: Exception) -> str:
    return " ".join(str(fault).split()) or type(fault).__name__


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_CHUNK)


def _is_packed(beginning: bytes) -> bool:
    return (
        beginning.startswith((*_ZIP, _GZIP, *_OTHER_ARCHIVES))
        or beginning.startswith(_TAR, _TAR_OFFSET)
        or _BZIP2.match(beginning) is not None
    )


def _gzip_member(path: Path) -> _Members:
    """Yield the file in a gzip, named after the archive: the name inside a gzip cannot be relied on."""
    name = path.name[:-3] if path.name.lower().endswith(".gz") else path.name
    _check_name(name)
    with gzip.open(path) as content:
        yield name, cast(IO[bytes], content)


def _zip_members(path: Path, most: int) -> _Members:
    """Yield the members of a zip, after all of them have been checked."""
    with _SmallReads(FileIO(path)) as file, zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        _check_members(members, most)
        for member in members:
            with archive.open(member) as content:
                yield member.filename, content


def _check_members(members: list[zipfile.ZipInfo], most: int) -> None:
    if not members:
        raise _Refused("holds no file; download it again")
    if len(members) > most:
        raise _Refused(f"holds {len(members)} files, more than {most}; see that it is the publisher's own archive")
    for member in members:
        _check_member(member)
    if len({member.filename.casefold() for member in members}) < len(members):
        raise _Refused("holds two files of one name; see that it is the publisher's own archive")


def _check_member(member: zipfile.ZipInfo) -> None:
    _check_name(member.orig_filename)
    if stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}:
        raise _Refused(f"holds a link or device, {member.filename!r}; see that it is the publisher's own archive")
    if member.flag_bits & _ENCRYPTED:
        raise _Refused("is encrypted; ask its publisher for the open file")
    if member.compress_type not in _METHODS:
        raise _Refused(f"is compressed by method {member.compress_type}, not deflate; pack its files anew")


def _check_name(name: str) -> None:
    if not is_plain_name(name):
        raise _Refused(f"holds the unsafe file name {name[:80]!r}; see that it is the publisher's own archive")


def _extract(members: _Members, path: Path, folder: Path, bounds: Bounds) -> tuple[Path, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    allowance = min(bounds.size, bounds.ratio * path.stat().st_size)
    paths = []
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder) as apart, closing(members):
        for name, content in members:
            paths.append(Path(apart) / name)
            allowance -= _copy_within(content, paths[-1], allowance)
        return _put_in_place(paths, path, folder)


def _copy_within(content: IO[bytes], target: Path, allowance: int) -> int:
    """Write a member's content and return its size, counted while writing: the size in the archive may be false."""
    byte_count = 0
    with target.open("xb") as file:
        while chunk := content.read(_CHUNK):
            if not byte_count and _is_packed(chunk):
                raise _Refused(f"holds another archive, {target.name!r}; unpack that by itself")
            byte_count += len(chunk)
            if byte_count > allowance:
                raise _Refused("grows beyond all measure when unpacked; see that it is the publisher's own archive")
            file.write(chunk)
    return byte_count


def _put_in_place(paths: list[Path], archive: Path, folder: Path) -> tuple[Path, ...]:
    targets = tuple(folder / file.name for file in paths)
    for target in targets:
        if target.is_dir() or (target.exists() and target.samefile(archive)):
            raise _Refused(f"would put a file in the place of {target.name}; unpack it into another folder")
    for file, target in zip(paths, targets, strict=True):
        file.replace(target)
    return targets
