"""A secret that root hands to one process, as Kubernetes and systemd do, is read by it. One open to more is refused."""

from __future__ import annotations

import codecs
import os
import struct
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from deploy.logins import SecretUnusable, read_secret, write_secret

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")

USER, GROUP, FS_GROUP, STRANGER = 48123, 48124, 48125, 48126
ANYBODY: Final = 0xFFFFFFFF
USER_OBJ, NAMED_USER, GROUP_OBJ, NAMED_GROUP, MASK, OTHER = 0x01, 0x02, 0x04, 0x08, 0x10, 0x20


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file of root's that its owner alone may read, in a folder that everybody may enter."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    write_secret(tmp_path / "worker", "hunter2")
    return tmp_path / "worker"


def read_by_a_process(file: Path) -> str:
    """The words of a process of another user, in a group of its own and in another that it was given."""
    codecs.lookup("ascii")  # loaded before that other user cannot read where it stands
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os._exit(_as_another(writing, lambda: read_secret(file)))
    os.close(writing)
    with os.fdopen(reading) as told:
        words = told.read()
    os.waitpid(child, 0)
    return words


def _as_another(writing: int, work: Callable[[], str]) -> int:
    try:
        os.setgroups([FS_GROUP])
        os.setresgid(GROUP, GROUP, GROUP)
        os.setresuid(USER, USER, USER)
        told = work()
    except SecretUnusable as fault:
        told = f"refused: {fault}"
    except BaseException:
        told = traceback.format_exc()
    os.write(writing, told.encode())
    return 0


def give(file: Path, owner: int, group: int, mode: int) -> None:
    os.chown(file, owner, group)
    file.chmod(mode)


def grant(file: Path, *entries: tuple[int, int, int]) -> None:
    """Give a file an access list, as `setfacl` does: (tag, rights, id) of each entry."""
    packed = b"".join(struct.pack("<HHI", *entry) for entry in sorted(entries))
    try:
        os.setxattr(file, "system.posix_acl_access", struct.pack("<I", 2) + packed)
    except OSError as fault:
        pytest.skip(f"this file system keeps no access lists ({fault.strerror})")


@pytest.mark.parametrize("group", [GROUP, FS_GROUP], ids=["its own", "one that it was given"])
def test_what_root_gave_to_a_group_of_the_process_is_read(secret: Path, group: int) -> None:
    """As in a volume of secrets in Kubernetes, with an fsGroup and the mode 0440."""
    give(secret, 0, group, 0o440)
    assert read_by_a_process(secret) == "hunter2"


def test_what_root_gave_to_the_user_of_the_process_is_read(secret: Path) -> None:
    """As a credential of systemd: root's, with an access list that names one user, and shown as 0440."""
    give(secret, 0, 0, 0o400)
    grant(secret, (USER_OBJ, 4, ANYBODY), (NAMED_USER, 4, USER), (GROUP_OBJ, 0, ANYBODY), (MASK, 4, ANYBODY),
          (OTHER, 0, ANYBODY))  # fmt: skip
    assert secret.stat().st_mode & 0o777 == 0o440
    assert read_by_a_process(secret) == "hunter2"


@pytest.mark.parametrize("mode", [0o444, 0o460, 0o450, 0o441], ids=oct)
def test_what_others_may_read_or_a_group_may_change_is_refused(secret: Path, mode: int) -> None:
    give(secret, 0, FS_GROUP, mode)
    assert read_by_a_process(secret).startswith("refused: others may read the secret")


def test_what_a_group_reads_of_a_file_that_is_not_roots_is_refused(secret: Path) -> None:
    """Whoever owns it could have given it to that group without root's knowledge."""
    give(secret, USER, GROUP, 0o440)
    assert read_by_a_process(secret).startswith("refused: others may read the secret")


@pytest.mark.parametrize(
    "further", [(NAMED_USER, 4, STRANGER), (NAMED_GROUP, 4, STRANGER)], ids=["another user", "another group"]
)
def test_what_an_access_list_lets_somebody_else_read_is_refused(secret: Path, further: tuple[int, int, int]) -> None:
    give(secret, 0, FS_GROUP, 0o400)
    grant(secret, (USER_OBJ, 4, ANYBODY), (NAMED_USER, 4, USER), (GROUP_OBJ, 0, ANYBODY), further, (MASK, 4, ANYBODY),
          (OTHER, 0, ANYBODY))  # fmt: skip
    assert read_by_a_process(secret).startswith("refused: others may read the secret")


def test_what_a_group_that_is_not_the_processs_own_may_read_too_is_refused(secret: Path) -> None:
    """The process reads it by its name in the list, and the owning group, a stranger's, may as well."""
    give(secret, 0, STRANGER, 0o400)
    grant(secret, (USER_OBJ, 4, ANYBODY), (NAMED_USER, 4, USER), (GROUP_OBJ, 4, ANYBODY), (MASK, 4, ANYBODY),
          (OTHER, 0, ANYBODY))  # fmt: skip
    assert read_by_a_process(secret).startswith("refused: others may read the secret")
