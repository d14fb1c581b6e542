"""The house in which the tasks are done: a demo that just ended, with what each task needs made ready."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.demo.house import HOUSE
from accord.demo.sample import SAMPLE
from accord.demo.steps import VERIFIER
from accord.presentation.input_files import read_file
from deploy.settings import DATA_VARIABLE, StackState, read_stack
from domain.partnership import commands as c
from ledger import clock
from payments.accounts import AccountDetails, reference_of
from payments.answers.sample_answer import settled_answer

ENDED: Final = b"Ctrl-C"
"""What a demo says at last: all that it leaves open is there."""


@dataclass
class House:
    """What the tasks are about: the demo's partnerships by what waits in them."""

    first: int
    account: str
    folder: Path
    partner: str = "Riverbend Library Network"
    taken: bytes = b""
    """The payment file that was taken to the bank."""
    today: str = field(default_factory=lambda: clock.today().isoformat())

    def _numbered(self, number: int) -> str:
        return f"P-2026-{self.first + number:04}"

    @property
    def to_approve(self) -> str:
        """Return the grant that waits for approvals."""
        return self._numbered(31)

    @property
    def asked(self) -> str:
        """Return the grant with a question."""
        return self._numbered(33)

    @property
    def to_agree(self) -> str:
        """Return the grant that waits for its agreement."""
        return self._numbered(34)

    @property
    def reported(self) -> str:
        """Return the grant whose report waits to be accepted."""
        return self._numbered(37)

    @property
    def closed(self) -> str:
        """Return a grant that was paid in two parts and closed."""
        return self._numbered(1)

    def bank_answer(self) -> Path:
        """Write an invented answer of the bank that settles the file which was taken to it."""
        path = self.folder / "answer.camt.054.xml"
        path.write_bytes(settled_answer(self.taken, clock.now()))
        return path

    async def furnish(self, desk: Desk) -> None:
        """File the papers that the agreement of one grant waits for: a task of nobody's here."""
        known = await desk.known_partnership(self.to_agree)
        for condition in known.open_conditions():
            sight = await desk.known_sight(self.to_agree)
            await desk.decide(sight, c.Satisfy, VERIFIER, condition=condition, note="filed with the grant's papers")


async def house_of(desk: Desk, folder: Path) -> House:
    """Return the newest house that a demo left. Raises LookupError if there is none with all that waits in it."""
    open_ones = {one.partnership_id for one in await desk.portfolio() if not one.ended}
    numbers = {int(one.rpartition("-")[2]) for one in open_ones}
    firsts = [
        number // 100 * 100 for number in numbers if {number // 100 * 100 + one.number for one in HOUSE} <= numbers
    ]
    if not firsts:
        raise LookupError("no demo left a whole house here: start `make demo` on a new folder, or leave out --here")
    details = read_file(SAMPLE / "accounts" / "kampala.toml", AccountDetails)
    return House(max(firsts), reference_of(details).reference, folder)


@asynccontextmanager
async def a_demo(folder: Path) -> AsyncIterator[StackState]:
    """Run a demo on a folder of its own until it left its house, and stop it in the end."""
    os.environ[DATA_VARIABLE] = str(folder)
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "accord", "demo", stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE
    )
    assert demo.stdout is not None
    try:
        async for line in demo.stdout:
            if ENDED in line:
                break
        found = read_stack()
        if found is None:
            raise LookupError("the demo did not stay up")
        yield found
    finally:
        demo.send_signal(signal.SIGINT)
        await demo.communicate()
