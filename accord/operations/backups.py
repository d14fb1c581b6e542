"""Take a base backup by PostgreSQL's own programs, verify it file by file, and put one back into a folder.

What must not lie beside the database is not in it, and is named each time: secrets, keys, erasures, checkpoints.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit, urlunsplit

from accord.presentation.faults import BadInput, Refused, Unreachable

STAMP: Final = "%Y%m%dT%H%M%SZ"
PART: Final = ".part"
_DEBIAN: Final = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of each version, out of the path."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A base backup, as the report beside it tells."""

    name: str
    began: str
    """The time at which it began, ISO 8601 in UTC."""
    events: int
    """How many events it holds at least."""
    root: str
    """The root over these events, in hexadecimal: what was put back is compared with it."""
    installation: str
    migrations: int
    postgres: str
    release: str
    size: int
    """Bytes."""
    seconds: float

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read the report beside a backup.

        Raises:
            BadInput: There is none that can be read: it was not finished, or `accord backup` did not make it.
        """
        place = report_of(folder)
        try:
            return cls(**json.loads(place.read_text("utf-8")))
        except (OSError, ValueError, TypeError) as fault:
            raise BadInput(
                f"BACKUP: beside {folder} no report {place.name} can be read; name one that `accord backup` finished"
            ) from fault

    def keep(self, folder: Path) -> None:
        """Write the report beside a backup, atomically."""
        place = report_of(folder)
        part = place.with_suffix(PART)
        part.write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")
        part.replace(place)


def report_of(folder: Path) -> Path:
    """Return the place of the report of a backup: beside its folder, since each file in it is in its manifest."""
    return folder.with_name(f"{folder.name}.json")


class Programs:
    """PostgreSQL's programs on this machine, of a version that fits the server."""

    def __init__(self, major: int) -> None:
        """Find them: in the path first, then where Debian keeps them.

        Raises:
            BadInput: They are not here, or are older than the server.
        """
        self._major = major
        self.base_backup, self.verify = self._place("pg_basebackup"), self._place("pg_verifybackup")

    def _place(self, name: str) -> str:
        places = [shutil.which(name), *(str(path) for path in sorted(_DEBIAN.glob(f"*/bin/{name}"), reverse=True))]
        for place in filter(None, places):
            if version_of(place) == self._major:
                return place
        raise BadInput(
            f"{name} of PostgreSQL {self._major}, which is the server's version, is not on this machine; install that "
            "version's programs, or name their folder in PATH"
        )


def version_of(program: str) -> int:
    """Return the major version of one of PostgreSQL's programs, or 0 if it does not say one."""
    printed = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    words = printed.replace("(PostgreSQL)", "").split()
    number = words[1].partition(".")[0] if len(words) > 1 else ""
    return int(number) if number.isdecimal() else 0


def without_secret(address: str) -> tuple[str, Mapping[str, str]]:
    """Return an address without its secret, and the environment that hands it over: every user sees arguments."""
    parts = urlsplit(address)
    if parts.password is None:
        return address, os.environ
    user, _, place = parts.netloc.rpartition("@")
    plain = parts._replace(netloc=f"{user.partition(':')[0]}@{place}")
    return urlunsplit(plain), {**os.environ, "PGPASSWORD": unquote(parts.password)}


def copy_server(programs: Programs, address: str, folder: Path) -> None:
    """Copy a server into a new folder, and verify the copy against the manifest that the server made.

    Raises:
        Unreachable: The server does not answer, or lets this user copy nothing.
        Refused: The copy is not whole.
    """
    part = folder.with_name(f"{folder.name}{PART}")
    shutil.rmtree(part, ignore_errors=True)  # of a backup that was cut off
    place, environment = without_secret(address)
    words = [f"--pgdata={part}", f"--dbname={place}", "--wal-method=stream", "--checkpoint=fast",
             "--manifest-checksums=SHA256", "--no-password"]  # fmt: skip
    process = subprocess.run(
        [programs.base_backup, *words], env=dict(environment), capture_output=True, text=True, check=False
    )
    if process.returncode:
        shutil.rmtree(part, ignore_errors=True)
        raise Unreachable(f"nothing was backed up: {_last_line(process.stderr)}")
    require_whole_copy(programs, part)
    part.replace(folder)


def require_whole_copy(programs: Programs, folder: Path) -> None:
    """Verify each file of a backup against its manifest.

    Raises:
        Refused: A file is missing, was changed, or was added.
    """
    process = subprocess.run(
        [programs.verify, "--exit-on-error", "--quiet", str(folder)], capture_output=True, text=True, check=False
    )
    if process.returncode:
        raise Refused(f"{folder} is no whole backup: {_last_line(process.stderr)}; take another", "NotWhole")


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].partition(": ")[2] or lines[-1] if lines else "the program said nothing"


def size_of(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def finished_in(folder: Path) -> list[Path]:
    """Return the finished backups in a folder, the oldest first: those with a report beside them."""
    return [path for path in sorted(folder.iterdir()) if path.is_dir() and report_of(path).exists()]


def drop_oldest(folder: Path, keep: int) -> list[str]:
    """Delete the oldest finished backups, so that `keep` remain, and return their names."""
    surplus = finished_in(folder)[:-keep] if keep else []
    for path in surplus:
        report_of(path).unlink()  # first: a backup that is deleted in part is no finished one
        shutil.rmtree(path)
    return [path.name for path in surplus]


@dataclass(frozen=True, slots=True)
class Recovery:
    """How far a server that is put back goes."""

    wal: Path | None = None
    """The folder of the archived write-ahead log, or None to stop at the backup's own end."""
    until: datetime | None = None
    """The moment to stop at, or None for the end of the archive."""

    def settings(self) -> str:
        """The server's settings for it."""
        if self.wal is None:
            return "restore_command = 'false'\nrecovery_target = 'immediate'\nrecovery_target_action = 'promote'\n"
        lines = [f'restore_command = \'cp "{self.wal.resolve()}/%f" "%p"\'', "recovery_target_action = 'promote'"]
        if self.until is not None:
            lines.append(f"recovery_target_time = '{self.until.isoformat()}'")
        return "\n".join(lines) + "\n"


def put_back(backup: Path, folder: Path, recovery: Recovery, owner: str | None = None) -> None:
    """Copy a backup into a new folder, from which a server starts and recovers. The backup stays as it is.

    `owner`: the user who runs the server, if another calls this.

    Raises:
        Refused: The folder holds something.
        BadInput: It cannot be written to, or there is no such user.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty, and nothing is written over; name a new folder", "NotEmpty")
    try:
        shutil.copytree(backup, folder, symlinks=True, dirs_exist_ok=True)
        folder.chmod(0o700)
        with (folder / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
            settings.write(f"\n# accord restore\n{recovery.settings()}")
        (folder / "recovery.signal").touch(mode=0o600)
        if owner is not None:
            give_to(owner, folder)
    except OSError as fault:
        raise BadInput(f"TO: {folder} cannot be written to ({fault.strerror})") from fault
    except LookupError as fault:
        raise BadInput(f"--owner: {fault}; name the user who runs the server") from fault


def give_to(owner: str, folder: Path) -> None:
    """Make a user the owner of a folder and of everything in it."""
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, owner, owner) if not path.is_symlink() else None


def words_of_size(size: int) -> str:
    """Return bytes in words, such as 41.3 MB."""
    units: Sequence[str] = ("bytes", "kB", "MB", "GB")
    value, place = float(size), 0
    while value >= 1000 and place < len(units) - 1:
        value, place = value / 1000, place + 1
    return f"{value:,.1f} {units[place]}" if place else f"{size} bytes"
