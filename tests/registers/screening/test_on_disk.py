"""Lists on disk: the same answers, and no file is believed that is altered, old, or that somebody else could write."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import cast

import asyncpg
import pytest

from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from registers.history import versions_in_force
from registers.matching import NEWEST, Manner
from registers.screening import on_disk, shelf
from registers.screening.lists import Here, Keeper, Lists, evidence_of, indexed, key_of
from registers.screening.on_disk import MOST_FILES, OnDisk, store_lists, stored_lists
from registers.sources.catalogue import LISTS
from tests.builders import party, version
from tests.registers.files import SAMPLE, SDN_NAMES, load_small, rows_in

PARTIES = (
    party("ZORVANIA TRADE BUREAU"),
    party("Zarvania Trade Bureau"),
    party("Riverbend Library Network"),
    party("O. Vask"),
    party("..."),
)
NOBODY = cast(asyncpg.Connection, None)
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def asked(connection: asyncpg.Connection) -> tuple[RegisterVersion, ...]:
    """The versions in force of the sample lists."""
    await load_small(connection, "ofac-sdn", *[SAMPLE / name for name in SDN_NAMES])
    await load_small(connection, "un-consolidated", SAMPLE / "un_consolidated.xml")
    return await versions_in_force(connection, LISTS)


KEPT = (version("ofac-sdn"), version("un-consolidated"))
"""The versions of lists that no database has."""


def sample_rows() -> list[dict[str, object]]:
    paths = {"ofac-sdn": [SAMPLE / name for name in SDN_NAMES], "un-consolidated": [SAMPLE / "un_consolidated.xml"]}
    return [row for register, files in paths.items() for row in rows_in(register, *files)]


@pytest.fixture(scope="module")
def lists() -> Lists:
    return indexed(sample_rows())


async def evidence(keeper: Keeper, connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...]) -> object:
    answer = await keeper.ask(connection, asked, evidence_of, PARTIES, asked, 50.0)
    return answer.model_copy(update={"asked_at": asked[0].source_date})


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


async def test_it_answers_as_lists_in_memory_do_and_again_without_the_database(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], tmp_path: Path
) -> None:
    """Given an empty folder, when one keeper has filled it, then another answers from it alone."""
    in_memory = await evidence(Here(), connection, asked)
    assert isinstance(in_memory, ScreeningEvidence)
    assert len(in_memory.matches) > 2
    assert await evidence(OnDisk(tmp_path / "lists"), connection, asked) == in_memory
    assert await evidence(OnDisk(tmp_path / "lists"), NOBODY, asked) == in_memory


@pytest.mark.parametrize("manner", list(Manner))
def test_what_is_read_back_is_what_was_written(tmp_path: Path, manner: Manner) -> None:
    whole = indexed(sample_rows(), manner)
    shelf.write(tmp_path / "file", whole)
    back = shelf.read(tmp_path / "file")
    assert list(map(dict, back.rows)) == list(map(dict, whole.rows))
    assert back.names.manner is manner
    for theirs, ours in ((back.names.shelves.persons, whole.names.shelves.persons),
                         (back.names.shelves.rest, whole.names.shelves.rest)):  # fmt: skip
        assert list(theirs.entries) == list(ours.entries)
        assert (list(theirs.weights), theirs.initials) == (list(ours.weights), ours.initials)
        assert {text: list(theirs.places[text]) for text in ours.places} == dict(ours.places)
        assert {text: theirs.lexicon.words[text] for text in ours.lexicon.words} == dict(ours.lexicon.words)
        assert {key: theirs.lexicon.filed[key] for key in ours.lexicon.filed} == dict(ours.lexicon.filed)
    for entity, texts in whole.entities.items():
        assert list(back.entities[entity]) == texts
        assert back.programmes.get(entity) == whole.programmes.get(entity)
        assert back.every_programme.get(entity) == whole.every_programme.get(entity)
    assert back.programmes.get(("ofac-sdn", "no such entity"), "unknown") == "unknown"


def test_what_is_not_there_is_not_there(lists: Lists, tmp_path: Path) -> None:
    shelf.write(tmp_path / "file", lists)
    back = shelf.read(tmp_path / "file")
    with pytest.raises(IndexError):
        back.rows[len(lists.rows)]
    with pytest.raises(KeyError):
        back.entities["ofac-sdn", "no such entity"]


class TestAFileIsNotBelieved:
    """A file that is not this user's own and whole is none. Whoever asks indexes anew."""

    @pytest.fixture
    def folder(self, lists: Lists, tmp_path: Path) -> Path:
        folder = tmp_path / "lists"
        store_lists(folder, key_of(KEPT), lists)
        assert stored_lists(folder, key_of(KEPT)) is not None
        return folder

    @pytest.mark.parametrize("place", [0, 100, -1])
    def test_that_was_altered(self, folder: Path, place: int) -> None:
        content = bytearray(only_file(folder).read_bytes())
        content[place] ^= 1
        only_file(folder).write_bytes(content)
        assert stored_lists(folder, key_of(KEPT)) is None

    def test_that_was_cut_off(self, folder: Path) -> None:
        only_file(folder).write_bytes(only_file(folder).read_bytes()[:-4096])
        assert stored_lists(folder, key_of(KEPT)) is None

    @pytest.mark.parametrize("mode", [0o620, 0o602])
    def test_that_others_may_write(self, folder: Path, mode: int) -> None:
        only_file(folder).chmod(mode)
        assert stored_lists(folder, key_of(KEPT)) is None

    @pytest.mark.parametrize("mode", [0o720, 0o702])
    def test_in_a_folder_that_others_may_write(self, folder: Path, mode: int) -> None:
        folder.chmod(mode)
        assert stored_lists(folder, key_of(KEPT)) is None

    def test_of_another_user(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert stored_lists(folder, key_of(KEPT)) is None

    def test_behind_a_link(self, folder: Path, tmp_path: Path) -> None:
        file = only_file(folder)
        elsewhere = file.rename(tmp_path / "elsewhere")
        file.symlink_to(elsewhere)
        assert stored_lists(folder, key_of(KEPT)) is None

    def test_of_other_lists(self, folder: Path) -> None:
        newer = tuple(one.model_copy(update={"sha256": "0" * 64}) for one in KEPT)
        assert stored_lists(folder, key_of(newer)) is None
        assert stored_lists(folder, key_of(KEPT[:1])) is None

    def test_of_other_code(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(on_disk, "_code", lambda: "another")
        assert stored_lists(folder, key_of(KEPT)) is None

    def test_that_was_not_finished(self, folder: Path) -> None:
        file = only_file(folder)
        file.rename(file.with_suffix(".part"))
        assert stored_lists(folder, key_of(KEPT)) is None

    async def test_and_is_made_anew(
        self, tmp_path: Path, asked: tuple[RegisterVersion, ...], connection: asyncpg.Connection
    ) -> None:
        folder = tmp_path / "lists"
        await evidence(OnDisk(folder), connection, asked)
        only_file(folder).write_bytes(b"spoilt")
        assert await evidence(OnDisk(folder), connection, asked) == await evidence(Here(), connection, asked)
        assert stored_lists(folder, key_of(asked)) is not None


async def test_without_a_folder_that_can_be_written_it_answers_all_the_same(
    connection: asyncpg.Connection, asked: tuple[RegisterVersion, ...], tmp_path: Path
) -> None:
    (tmp_path / "lists").write_text("a file where the folder should be")
    assert await evidence(OnDisk(tmp_path / "lists"), connection, asked) == await evidence(Here(), connection, asked)


def count(lists: Lists) -> int:
    return len(lists.rows)


async def test_a_file_that_is_there_answers_without_a_database_and_once_more_from_memory(
    lists: Lists, tmp_path: Path
) -> None:
    store_lists(tmp_path / "lists", key_of(KEPT), lists)
    keeper = OnDisk(tmp_path / "lists")
    assert await keeper.ask(NOBODY, KEPT, count) == len(lists.rows)
    only_file(tmp_path / "lists").unlink()
    assert await keeper.ask(NOBODY, KEPT, count) == len(lists.rows)


def test_only_this_user_may_read_what_is_written(lists: Lists, tmp_path: Path) -> None:
    store_lists(tmp_path / "lists", key_of(KEPT), lists)
    assert (tmp_path / "lists").stat().st_mode & 0o777 == 0o700
    assert only_file(tmp_path / "lists").stat().st_mode & 0o777 == 0o600


def test_the_oldest_are_let_go(lists: Lists, tmp_path: Path) -> None:
    keys = [key_of(tuple(one.model_copy(update={"sha256": f"{n:064x}"}) for one in KEPT)) for n in range(4)]
    for number, key in enumerate(keys):
        store_lists(tmp_path, key, lists)
        for path in tmp_path.glob(f"{on_disk._name(key)}*"):
            os.utime(path, (number, number))
    assert [stored_lists(tmp_path, key) is not None for key in keys] == [False, False, True, True]
    assert len(list(tmp_path.iterdir())) == MOST_FILES


def test_the_name_of_a_file_is_of_all_code_that_reads_and_scores() -> None:
    modules = {path.relative_to(ROOT).as_posix() for path in on_disk._modules()}
    scoring = {"registers/matching/scoring.py", "registers/matching/words/words.py", "registers/screening/shelf.py"}
    reading = {"registers/sources/ofac.py", "registers/loading/texts.py", "domain/policy/programmes.py"}
    assert scoring | reading <= modules
    assert all(library in on_disk._code() for library in ("rigour", "rapidfuzz", "anyascii"))


STORE_NOTHING = {
    "domain.fault", "domain.money.rates", "domain.parties", "domain.policy.canonical", "domain.screening.clearance",
    "domain.screening.matches", "domain.screening.sources",
    "domain.screening.identity", "domain.values", "ledger.clock", "registers",
    "registers.loading.archive",
}  # fmt: skip
"""Modules whose code puts nothing into an index: values, and what is asked of it once it is there."""


def test_whatever_module_the_code_of_an_index_asks_is_in_the_name_or_stores_nothing() -> None:
    """Given the code that indexes, then each of the product's modules that it imports is in the name, or known here.

    A field of OFAC's was taken apart by a module that the name left out: its old answers would have been believed.
    """
    paths = [path for path in on_disk._modules() if path.suffix == ".py"]
    inside = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths}
    asked = {module for path in paths if path.is_relative_to(ROOT / "registers") for module in imported_by(path)}
    assert {module for module in asked - inside if f"{module}.__init__" not in inside} == STORE_NOTHING


def imported_by(path: Path) -> set[str]:
    """The product's modules that a module imports."""
    imports = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{alias.name}" for node in imports for alias in node.names}
    modules = {name if (ROOT / f"{name.replace('.', '/')}.py").is_file() else name.rpartition(".")[0] for name in names}
    return {module for module in modules if module.split(".")[0] in {"domain", "ledger", "registers"}}


@pytest.mark.parametrize("module", ["domain/policy/programmes.py", "registers/matching/words/own_words.txt"])
def test_a_file_that_other_code_indexed_is_none(
    lists: Lists, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """Given a file on disk, when a module that it rests on is another one, then it is not believed."""
    store_lists(tmp_path / "lists", key_of(KEPT), lists)
    assert stored_lists(tmp_path / "lists", key_of(KEPT)) is not None
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + (b"#" if path == ROOT / module else b""))
    on_disk._code.cache_clear()
    try:
        assert stored_lists(tmp_path / "lists", key_of(KEPT)) is None
    finally:
        on_disk._code.cache_clear()


@pytest.mark.slow
def test_nothing_that_is_recorded_rests_on_it() -> None:
    """Given the product, then only commands of the shell that record nothing ask a file."""
    users = [
        path.relative_to(ROOT).as_posix()
        for room in ("accord", "activities", "records", "registers", "workflows", "payments", "deploy")
        for path in (ROOT / room).rglob("*.py")
        if "screening.on_disk" in path.read_text("utf-8")
    ]
    lookers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "accord").rglob("*.py")
        if "look_on_disk()" in path.read_text("utf-8")
    ]
    assert users == ["accord/cli/registers/kept.py"]
    assert sorted(lookers) == [
        "accord/cli/imports/checking.py", "accord/cli/partnerships/recipients.py", "accord/cli/registers/evidence.py",
        "accord/cli/registers/kept.py",
    ]  # fmt: skip
    assert NEWEST is max(Manner)
