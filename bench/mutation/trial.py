"""The trial of a mutant: a fork of a warm interpreter runs the tests with the one file replaced, and nothing else.

It all happens in a copy of the product, so that none of its files is written, or read while somebody changes it.
"""

from __future__ import annotations

import functools
import gc
import importlib
import math
import os
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, NamedTuple, NoReturn, Protocol

import pytest

from bench.mutation.mutants import POLICY, ROOT, WORKFLOWS, Mutant

WARM: Final = ("hypothesis", "hypothesis.strategies", "pytest_asyncio", "pytest_timeout", "rfc8785")
WARM_DOMAIN: Final = (
    "domain.screening.evidence",
    "domain.grants",
    "domain.parties",
    "domain.directory.people",
    "domain.proposal",
)
"""Modules that the tests need and no mutant changes. None of domain.policy may be among them."""

WARM_REPLAYS: Final = (
    "activities.attempts",
    "activities.organisation",
    "activities.partnerships",
    "activities.payment",
    "activities.registers.refreshing",
    "activities.registers.rescreening",
    "activities.verification",
    "deploy.payloads.plugin",
    "tests.workflows.replay.goldens",
)
"""Modules that replays need. None of workflows may be among them."""

NO_ORACLE: Final = "tests/domain/policy/test_released_editions.py::test_a_released_revision_is_never_edited"
"""A test that is left out: it compares the text of rules, so it would kill every mutant, whatever the others do."""

PIPE: Final = 60_000
"""Bytes that a pipe holds until somebody reads."""

KILLED: Final = frozenset(
    int(code) for code in (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED, pytest.ExitCode.USAGE_ERROR)
)
"""Exit codes of a kill: a test failed, or a module of tests or their conftest could not import the mutated module."""


class Trial(NamedTuple):
    """A mutant's outcome, and the test that failed with it first."""

    mutant: Mutant
    killed: bool
    by: str
    seconds: float


class Oracle(Protocol):
    """A judge of mutants: it is run in a fork in which the mutant has taken a file's place."""

    @property
    def limit(self) -> float:
        """Seconds after which a mutant counts as killed."""

    @property
    def left_out(self) -> frozenset[str]:
        """The names of the tests that fail on the package as it is."""

    def run(self, order: Order) -> int:
        """Judge, and return an exit code of pytest's. `order` names the first tests, and is told of failures."""


class Tests(NamedTuple):
    """The tests that are run, those left out, and how long a mutant may take."""

    path: str
    only_examples: bool
    limit: float
    left_out: frozenset[str] = frozenset()

    @property
    def arguments(self) -> list[str]:
        """The options of pytest. Conftest files above the tests, which import the servers, are left out."""
        chosen = ["-m", "not hypothesis"] if self.only_examples else []
        quick = [
            "-q",
            "-p",
            "no:cacheprovider",
            "--assert=plain",
            "--tb=no",
            "-o",
            "addopts=",
            f"--deselect={NO_ORACLE}",
        ]
        folder = self.path if Path(self.path).is_dir() else str(Path(self.path).parent)
        return [*quick, f"--confcutdir={folder}", "--rootdir=.", *chosen]

    def run(self, order: Order) -> int:
        """Run the tests, first only those that noticed a neighbour of the mutant: it saves collecting the rest."""
        likely = list(order.likely)
        if likely and self._pytest(order, likely) == pytest.ExitCode.TESTS_FAILED:
            return pytest.ExitCode.TESTS_FAILED
        order.failed.clear()
        return self._pytest(order, [self.path])

    def _pytest(self, order: Order, paths: list[str]) -> int:
        stop = ["-x"] if order.stop else []
        return int(pytest.main([*self.arguments, *stop, *paths], plugins=[order]))


class _Fork(NamedTuple):
    mutant: Mutant
    pid: int
    said: int
    started: float


def move_into_a_copy(folder: Path) -> Path:
    """Copy the product and its tests as they are now, and go there. Nothing of the original is imported after that."""
    copy = folder.resolve() / ROOT.name
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build"))
    os.chdir(copy)
    sys.path[:] = [str(copy), *(one for one in sys.path if Path(one or ".").resolve() != ROOT)]
    return copy


def warm_up(package: Path = POLICY) -> None:
    """Import once what every trial needs, and let hypothesis try the same examples each time."""
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(Path(".hypothesis").resolve())
    ours = {POLICY: WARM_DOMAIN, WORKFLOWS: WARM_REPLAYS}.get(package, ())
    for name in (*WARM, *ours):
        importlib.import_module(name)
    mutated = ".".join(package.parts)
    if touched := [name for name in sys.modules if name.startswith(mutated)]:
        raise RuntimeError(f"no mutant could reach {', '.join(touched)}: they are imported already")
    if strange := [name for name in ours if not Path(sys.modules[name].__file__ or "").is_relative_to(Path.cwd())]:
        raise RuntimeError(f"imported from elsewhere than the copy: {', '.join(strange)}")
    from hypothesis import settings

    settings.register_profile("mutation", database=None, deadline=None, derandomize=True)
    settings.load_profile("mutation")
    gc.freeze()


def try_unchanged(originals: Sequence[Mutant], tests: Oracle) -> Trial:
    """Run all the tests on unchanged files, replaced in the way of a mutant's, without stopping at a failure."""
    fork = _fork(originals, tests, Order((), tests.left_out, stop=False))
    while (trial := _ended(fork, math.inf)) is None:
        time.sleep(0.05)
    return trial


def try_all(mutants: Iterable[Mutant], tests: Oracle, jobs: int) -> Iterator[Trial]:
    """Try each mutant in a fork of its own, `jobs` at a time, first with the tests that killed its neighbours."""
    waiting, running = deque(mutants), list[_Fork]()
    killers: dict[str, list[str]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.popleft()
                running.append(_fork([mutant], tests, Order(killers.get(mutant.path, ()), tests.left_out)))
            time.sleep(0.005)
            for trial in _harvest(running, tests.limit):
                if trial.killed:
                    killers.setdefault(trial.mutant.path, []).insert(0, trial.by)
                yield trial
    finally:
        for fork in running:
            _kill(fork)


def _harvest(running: list[_Fork], limit: float) -> Iterator[Trial]:
    for fork in list(running):
        running.remove(fork)
        if (trial := _ended(fork, limit)) is not None:
            yield trial
        else:
            running.append(fork)


def _fork(replaced: Sequence[Mutant], tests: Oracle, order: Order) -> _Fork:
    said, saying = os.pipe()
    pid = os.fork()
    if pid == 0:
        _run(replaced, tests, order, saying)
    os.close(saying)
    return _Fork(replaced[0], pid, said, time.monotonic())


def _run(replaced: Sequence[Mutant], tests: Oracle, order: Order, saying: int) -> NoReturn:
    """Run the tests in this fork, silently, and end it with their exit code."""
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.meta_path[:0] = [_Replacement(one) for one in replaced]
        code = tests.run(order)
    finally:
        os.write(saying, "\n".join(order.failed).encode()[:PIPE])
        os._exit(code)


def _ended(fork: _Fork, limit: float) -> Trial | None:
    seconds = time.monotonic() - fork.started
    pid, status = os.waitpid(fork.pid, os.WNOHANG)
    if pid:
        return _trial(fork, os.waitstatus_to_exitcode(status), seconds)
    if seconds < limit:
        return None
    _kill(fork)
    return Trial(fork.mutant, True, f"no end within {limit:.0f} s", seconds)


def _trial(fork: _Fork, code: int, seconds: float) -> Trial:
    with os.fdopen(fork.said, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    if code in KILLED:
        return Trial(fork.mutant, True, said or "the tests could not be imported", seconds)
    if code < 0:
        return Trial(fork.mutant, True, f"ended by {signal.Signals(-code).name}", seconds)
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"pytest could not run the tests: {pytest.ExitCode(code).name}")
    return Trial(fork.mutant, False, "", seconds)


def _kill(fork: _Fork) -> None:
    os.kill(fork.pid, signal.SIGKILL)
    os.waitpid(fork.pid, 0)
    os.close(fork.said)


class Order:
    """A plugin of pytest: it puts the likeliest tests first and the slow ones last, and remembers which failed."""

    def __init__(self, likely: Iterable[str], left_out: frozenset[str], *, stop: bool = True) -> None:
        self.likely = dict.fromkeys(likely)
        self._left_out = left_out
        self.stop = stop
        self.failed: list[str] = []

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose and sort the tests."""
        ranks = {name: rank for rank, name in enumerate(self.likely)}
        slow = len(ranks) + 1
        items[:] = [item for item in items if item.nodeid not in self._left_out]
        items.sort(key=lambda item: ranks.get(item.nodeid, slow if item.get_closest_marker("hypothesis") else slow - 1))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that failed."""
        self._hear(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module that could not be collected."""
        self._hear(report)

    def _hear(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


class _Replacement(MetaPathFinder):
    """A finder of the mutated module in place of its file, and of no other module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, fullname: str, _path: object, _target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the spec of the mutated module if it is the one asked for, else None."""
        if fullname != self._name:
            return None
        path = str(Path(self._mutant.path).resolve())
        return spec_from_file_location(fullname, path, loader=_MutatedLoader(fullname, path, self._mutant.source))


class _MutatedLoader(SourceFileLoader):
    """A loader that runs a mutated source in place of the file's."""

    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, _fullname: str) -> CodeType:
        """Compile the mutated source, without a cache."""
        return compile(self._source, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, with the decorator `passing` among its names."""
        vars(module)["passing"] = passing
        super().exec_module(module)


def passing(rule: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the rule with its outcome set to PASS and all else unchanged: the smallest change that permits."""
    from domain.policy.findings import Finding, Outcome
    from domain.policy.rule import Verdict

    @functools.wraps(rule)
    def passes(facts: Any) -> Any:
        match rule(facts):
            case None:
                return None
            case Verdict() as said:
                return said._replace(outcome=Outcome.PASS)
            case Finding() as found:
                return found.model_copy(update={"outcome": Outcome.PASS})
            case _, reason:
                return Outcome.PASS, reason

    return passes
