"""The `accord` program as a person meets it: a process of its own, judged by its exit code and what it prints."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from accord.demo.sample import SAMPLE
from deploy.settings import ADMIN
from payments.accounts import reference_of
from tests.accord import forks
from tests.conftest import ROOT
from tests.logins import let_in
from tests.payments.orders import RIVERBEND
from tests.waiting import BACKSTOP

DONE, REFUSED, BAD_INPUT, UNREACHABLE = 0, 1, 2, 3
AT_ONCE = 3
PAYEE_ACCOUNT = reference_of(RIVERBEND).reference
SAMPLE_PROPOSAL = (SAMPLE / "proposal.toml").read_text("utf-8")


class Answer(NamedTuple):
    """The print of a command, and its end."""

    said: tuple[str, ...]
    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def message(self) -> str:
        """The words on a fault: plain, or as JSON where that was asked for."""
        said = self.stderr.strip()
        if "--json" in self.said and said.startswith("{"):
            return f"accord: {json.loads(said)['error']['message']}"
        return said

    @property
    def words(self) -> str:
        """Everything printed, with the wrapping undone."""
        return re.sub(r"\s+", " ", f"{self.stdout} {self.stderr}")


def _without_administrator(environment: Mapping[str, str]) -> dict[str, str]:
    """Nobody works in the office as the server's administrator: each command logs in for its own task."""
    address = environment.get("ACCORD_DATABASE_URL", "")
    narrow = {"ACCORD_DATABASE_URL": re.sub(rf"//{ADMIN}:[^@]*@", "//", address)} if address else {}
    return {**environment, **narrow}


def _administered(environment: Mapping[str, str], before: str = "") -> str:
    """The address of a database for making logins, with an administrator's if given, or else the one before."""
    address = environment.get("ACCORD_DATABASE_URL")
    if address is None:
        return before
    return address if f"//{ADMIN}:" in address else ""


class Shell:
    """A terminal in the office: the program with its environment, and nothing else of this process."""

    def __init__(self, **environment: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ACCORD_", "TEMPORAL_"))}
        kept |= {name: os.environ[name] for name in ("ACCORD_ARCHIVE", "ACCORD_SECRETS") if name in os.environ}
        self._environment = {**kept, **forks.LOOKS, **_without_administrator(environment)}
        self._administered = _administered(environment)
        self._at_once = asyncio.Semaphore(AT_ONCE)

    def where(self, **environment: str) -> Shell:
        """Return another terminal whose environment differs."""
        other = Shell()
        other._environment = {**self._environment, **_without_administrator(environment)}
        other._administered = _administered(environment, self._administered)
        return other

    def as_administrator(self, address: str) -> Shell:
        """Return a terminal of whoever migrates a database."""
        other = self.where()
        other._environment |= {"ACCORD_DATABASE_URL": address}
        other._administered = ""
        return other

    async def __call__(self, *words: str | bytes | Path) -> Answer:
        said = tuple(os.fsdecode(word) for word in words)
        if self._administered:
            await let_in(self._administered)
        async with self._at_once:
            try:
                return Answer(said, *await self._run(said))
            except TimeoutError:
                raise AssertionError(f"`accord {' '.join(said)[:200]}` did not end within {BACKSTOP:.0f} s") from None

    async def _run(self, said: Sequence[str]) -> tuple[int, str, str]:
        looks = {name: self._environment.get(name) for name in forks.LOOKS}
        run = forks.run if looks == forks.LOOKS else _anew
        ended = await run(said, self._environment)
        return ended.code, ended.output.decode(), ended.messages.decode()

    async def done(self, *words: str | bytes | Path) -> Answer:
        """Run a command that must succeed."""
        answer = await self(*words)
        assert answer.code == DONE, answer
        return answer

    async def together(self, *commands: Sequence[str | bytes | Path]) -> list[Answer]:
        """Run several commands at once."""
        return list(await asyncio.gather(*(self(*words) for words in commands)))


async def _anew(words: Sequence[str], environment: Mapping[str, str]) -> forks.Ended:
    """Run a command in a process that reads the program first, as a terminal does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", *words, cwd=ROOT, env=environment,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(BACKSTOP):
            output, messages = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return forks.Ended(process.returncode, output, messages)


def faults_of(answer: Answer, code: int, *told: str) -> list[str]:
    """Return the faults in the way a command failed: code, trace, beginning of the message, words missing.

    What somebody is about to sign is read back before the message.
    """
    message = answer.message
    faults = [
        f"exit code {answer.code} where {code} is promised" if answer.code != code else "",
        "a trace" if "Traceback" in answer.stdout + answer.stderr else "",
        "an unexpected fault" if "unexpected fault" in message else "",
        "" if re.search("^accord: ", message, re.MULTILINE) else "no line of the message begins with accord:",
        *(f"does not tell {words!r}" for words in told if words not in answer.words),
    ]
    return [fault for fault in faults if fault]


def assert_fails(answer: Answer, code: int, *told: str) -> None:
    """Hold a failure to the contract."""
    assert not (faults := faults_of(answer, code, *told)), (faults, answer._replace(said=(str(answer.said)[:300],)))


async def assert_all_fail(shell: Shell, *cases: tuple[Sequence[str | bytes | Path], int, Sequence[str]]) -> None:
    """Hold several failures to the contract, at once. Tell all that do not keep it."""
    answers = await shell.together(*(words for words, _, _ in cases))
    judged = [
        (faults, answer)
        for answer, (_, code, told) in zip(answers, cases, strict=True)
        if (faults := faults_of(answer, code, *told))
    ]
    assert not judged, "\n".join(f"{faults}: {answer}"[:1500] for faults, answer in judged)


def proposal_text(reference: str, tranches: int = 1, **changes: str) -> str:
    """Return the sample proposal as TOML under a reference. A change is a line's beginning and its new value."""
    text = SAMPLE_PROPOSAL.replace("P-2026-9001", reference)
    if tranches == 1:
        text = text.partition("\n[[funds_out.tranches]]\nnumber = 2")[0]
    for field, value in changes.items():
        text, count = re.subn(rf"(?m)^{field} = .*$", lambda _, line=f"{field} = {value}": line, text)
        assert count, field
    return text


def proposal_content(reference: str) -> dict[str, Any]:
    """Return the sample proposal as JSON would hold it."""
    return tomllib.loads(proposal_text(reference))


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder."""
    return sorted(folder.iterdir())
