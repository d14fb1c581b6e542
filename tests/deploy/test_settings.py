"""Every command must find the same services: the environment first, then a running stack, else one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.logins import Login, make_secret
from deploy.settings import (
    StackState,
    data_folder,
    database_url,
    embedded_temporal_address,
    forget_stack,
    read_stack,
    write_stack,
)
from deploy.variables import NotConfigured

STATE = StackState(
    supervisor_pid=1,
    database_url="postgresql://stack/accord",
    temporal_address="127.0.0.1:7233",
    ui_url="http://127.0.0.1:8233",
    pids={"postgres": 2},
)
TEMPORAL = ("TEMPORAL_ADDRESS", "TEMPORAL_CONFIG_FILE", "TEMPORAL_PROFILE")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, and an environment that says nothing else."""
    for name in ("ACCORD_DATABASE_URL", "ACCORD_SECRETS", *TEMPORAL):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ACCORD_DATA", str(tmp_path))
    return tmp_path


def test_the_data_folder_is_the_one_named_or_dot_accord_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder() == folder
    monkeypatch.setenv("ACCORD_DATA", "")
    monkeypatch.chdir(folder)
    assert data_folder() == folder / ".accord"


def test_a_stack_is_found_by_what_it_wrote_until_it_is_forgotten(folder: Path) -> None:
    assert read_stack() is None
    write_stack(folder, STATE)
    assert read_stack() == read_stack(folder) == STATE
    assert [path.name for path in folder.iterdir()] == ["stack.json"]
    forget_stack(folder)
    forget_stack(folder)
    assert read_stack() is None


@pytest.mark.parametrize("content", ["", "{", "null", "[1]", "{}", '{"supervisor_pid": 1}', '{"else": 1}', "\udcff"])
def test_a_state_file_of_anything_else_is_no_stack(folder: Path, content: str) -> None:
    (folder / "stack.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    assert read_stack() is None


def test_the_environment_comes_before_a_running_stack(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_stack(folder, STATE)
    secret = make_secret(folder / "secrets" / Login.STAFF)
    assert database_url(Login.STAFF) == f"postgresql://accord_login_staff:{secret}@stack/accord"
    monkeypatch.setenv("ACCORD_DATABASE_URL", "postgresql://elsewhere/accord")
    assert database_url(Login.STAFF) == f"postgresql://accord_login_staff:{secret}@elsewhere/accord"
    monkeypatch.setenv("ACCORD_DATABASE_URL", "postgresql://me@elsewhere/accord")
    assert database_url(Login.STAFF) == "postgresql://me@elsewhere/accord"


def test_without_either_one_line_says_what_to_do(folder: Path) -> None:
    reason = "^no database: set ACCORD_DATABASE_URL, or start the embedded stack with `accord up`$"
    with pytest.raises(NotConfigured, match=reason):
        database_url(Login.STAFF)


@pytest.mark.parametrize("variable", TEMPORAL)
def test_the_embedded_temporal_is_used_unless_the_environment_names_another(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    assert embedded_temporal_address() is None
    write_stack(folder, STATE)
    assert embedded_temporal_address() == STATE.temporal_address
    monkeypatch.setenv(variable, "named")
    assert embedded_temporal_address() is None
