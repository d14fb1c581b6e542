"""A build's id changes with what decides, and with nothing else."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import activities
import domain
import workflows
from deploy import build
from deploy.build import build_id


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of what decides, in place of the packages themselves."""
    for package in (workflows, domain, activities):
        folder = Path(str(package.__file__)).parent
        shutil.copytree(folder, tmp_path / package.__name__, ignore=shutil.ignore_patterns("__pycache__"))
        monkeypatch.setattr(package, "__file__", str(tmp_path / package.__name__ / "__init__.py"))
    return tmp_path


def fresh() -> str:
    build_id.cache_clear()
    try:
        return build_id()
    finally:
        build_id.cache_clear()


def test_it_is_the_release_and_a_digest_that_temporal_takes() -> None:
    assert re.fullmatch(r"[0-9.]+-[0-9a-f]{12}", build_id())
    assert build_id() == fresh()


@pytest.mark.parametrize("file", ["workflows/tranche.py", "domain/partnership/decisions.py", "activities/payment.py"])
def test_any_changed_source_makes_another_version(copies: Path, file: str) -> None:
    before = fresh()
    (copies / file).write_text((copies / file).read_text("utf-8") + "\n", "utf-8")
    assert fresh() != before


def test_a_source_that_is_moved_makes_another_version_and_what_decides_nothing_makes_none(copies: Path) -> None:
    before = fresh()
    (copies / "domain" / "notes.txt").write_text("nothing is decided here", "utf-8")
    assert fresh() == before
    (copies / "domain" / "plans.py").rename(copies / "domain" / "planned.py")
    assert fresh() != before


def test_another_library_makes_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh()
    monkeypatch.setattr(build, "version", lambda name: "9.9.9")
    assert fresh() != before
