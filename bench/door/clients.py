"""Those who come to the door, in a process of their own: `python -m bench.door.clients PLAN LOG`.

Each does what the door's own script does, and writes down what it was told: a line of JSON for each answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import time
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Final

import uvloop

from bench.door.lines import DOOR_CORES, Answer, BegunForm, Lines

AGAIN: Final = 10.0
"""Seconds after which the door's script saves again what it could not save."""
PART: Final = 1 << 20
PLACES: Final = 40
"""The most uploads that the door takes at once."""
_DIGEST: Final = re.compile(rb"/receipt/([0-9a-f]{64})")
_BROKEN: Final = (ConnectionError, asyncio.IncompleteReadError)


class Visitors:
    """All who come by one process."""

    def __init__(self, plan: Mapping[str, Any], log: IO[str]) -> None:
        self._plan = plan
        self._log = log
        self._lines = Lines(plan["origin"])
        self._forms = [BegunForm(*form) for form in plan["forms"]]
        self._template = Path(plan["paper"]).read_bytes() if "paper" in plan else b""
        self._begun, self._all_begun = 0, asyncio.Event()
        self._refused = 0
        self._released = asyncio.Event()

    async def all(self) -> None:
        """Let everybody do what the plan says."""
        work = {"save": self._save, "send": self._send, "hand in": self._hand_in, "fetch": self._fetch}
        gate = asyncio.Semaphore(self._plan["at_once"])

        async def one(form: BegunForm) -> None:
            async with gate:
                await work[self._plan["work"]](form)

        together = [asyncio.create_task(one(form)) for form in self._forms]
        if self._plan["work"] == "send":
            together.append(asyncio.create_task(self._release()))
        await asyncio.gather(*together)

    async def _ask(self, form: BegunForm, method: str, path: str, body: bytes = b"", **more: Any) -> Answer | None:
        """Ask, and write down how long it took. None where there was no answer."""
        began = time.perf_counter()
        try:
            answer = await self._lines.ask(method, f"/form/{form.name}{path}", form.cookie, body, **more)
        except _BROKEN:
            answer = None
        seconds = time.perf_counter() - began
        self._told(form, method=method, status=answer.status if answer else 0, seconds=seconds)
        return answer

    def _told(self, form: BegunForm, **facts: Any) -> None:
        self._log.write(json.dumps({"form": form.form, **facts}) + "\n")

    async def _save(self, form: BegunForm) -> None:
        """Save a field every few seconds, as somebody who writes does."""
        every, bases, number = self._plan["every"], dict[str, int](), 0
        await asyncio.sleep(random.random() * every)
        next_at = time.monotonic()
        while time.monotonic() < self._plan["until"]:
            field, part = (("summary", ""), ("lines.1", "reason"), ("milestones.2", "words"))[number % 3]
            text = f"{number} {random.getrandbits(64):x} " + "Eleven courses were held in five districts. " * 8
            number += 1
            content = {"value": {part: text.strip()}, "base": bases.get(field, 0)}
            self._told(form, tried=field, text=text.strip())
            answer = await self._ask(form, "PUT", f"/field/{field}", json.dumps(content).encode())
            if answer is not None and answer.status == 200:
                bases[field] = json.loads(answer.body)["revision"]
                self._told(form, saved=field, text=text.strip(), revision=bases[field])
            next_at = max(next_at + every, time.monotonic() + (0 if answer and answer.status == 200 else AGAIN))
            await asyncio.sleep(max(0.0, next_at - time.monotonic()))

    async def _send(self, form: BegunForm) -> None:
        """Send a paper by parts, and wait where the door is full. The first part stops in the middle."""
        paper = _paper(self._template)
        about = {"field": "document", "name": "report.pdf", "size": len(paper)}
        begun = await self._until(form, "/papers", json.dumps(about).encode())
        await self._together()
        if begun.status != 201:
            return
        path, received = f"/papers/{json.loads(begun.body)['paper']}", 0
        is_first = True
        while received < len(paper):
            between = self._held if is_first else None
            part = paper[received : received + PART]
            answer = await self._ask(form, "PUT", f"{path}/{received}", part, between=between)
            is_first = False
            if answer is not None and answer.status == 200:
                received = json.loads(answer.body)["received"]
                continue
            await asyncio.sleep(json.loads(answer.body)["again"] if answer and answer.status == 503 else 2)
            there = await self._ask(form, "GET", path)
            received = json.loads(there.body)["received"] if there and there.status == 200 else received
        whole = await self._whole(form, path)
        self._told(form, paper=path.rpartition("/")[2], sha256=sha256(paper).hexdigest(), whole=whole)

    async def _together(self) -> None:
        """Wait until everybody has begun, so that all send their first part at once."""
        self._begun += 1
        if self._begun == len(self._forms):
            self._all_begun.set()
        await self._all_begun.wait()

    async def _whole(self, form: BegunForm, path: str) -> str:
        return str(json.loads((await self._until(form, f"{path}/whole")).body).get("sha256", ""))

    async def _until(self, form: BegunForm, path: str, body: bytes = b"", **more: Any) -> Answer:
        """Ask until there is an answer: a broken line and a full door are waited out."""
        while (answer := await self._ask(form, "POST", path, body, **more)) is None or answer.status == 503:
            await asyncio.sleep(2)
        return answer

    async def _held(self, answering: asyncio.Task[Answer]) -> None:
        """Stop in the middle of the first part until everybody is there, or the door says that it is full."""
        released = asyncio.create_task(self._released.wait())
        await asyncio.wait([answering, released], return_when=asyncio.FIRST_COMPLETED)
        released.cancel()
        self._refused += answering.done()

    async def _release(self) -> None:
        """Let those go on whom the door holds in the middle, once it refused all others, and note how many it took."""
        await self._all_begun.wait()
        until = time.monotonic() + 20  # the door itself waits 30 seconds for the rest of a part
        while self._refused < len(self._forms) - PLACES and time.monotonic() < until:
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        self._log.write(json.dumps({"refused": self._refused, "of": len(self._forms)}) + "\n")
        self._released.set()

    async def _hand_in(self, form: BegunForm) -> None:
        """Hand in by the code, again where the door was full, and follow to the page with the receipt."""
        body = f"code={form.code}".encode()
        kind = "application/x-www-form-urlencoded"
        answer = await self._until(form, "/code", body, kind=kind)
        if answer.status != 303 or not answer.headers["location"].endswith("/done"):
            return
        page = await self._ask(form, "GET", "/done")
        found = _DIGEST.search(page.body) if page is not None else None
        self._told(form, handed_in=found[1].decode() if found else "")

    async def _fetch(self, form: BegunForm) -> None:
        """Take the receipt."""
        answer = await self._ask(form, "GET", f"/receipt/{form.code}")
        self._told(form, receipt=answer.body.decode() if answer is not None and answer.status == 200 else "")


def _paper(template: bytes) -> bytes:
    """Return a paper that is nobody else's: some bytes in the middle of its picture are of chance."""
    middle = len(template) // 2
    return template[:middle] + os.urandom(32) + template[middle + 32 :]


async def visit(plan: Mapping[str, Any], log_path: Path) -> None:
    """Do what a plan says, and write down what was told."""
    with log_path.open("w", encoding="utf-8") as log:
        await Visitors({**plan, "until": time.monotonic() + plan["seconds"]}, log).all()


def main() -> None:
    """Come to the door, on the door's own core."""
    os.sched_setaffinity(0, DOOR_CORES)
    uvloop.run(visit(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])))


if __name__ == "__main__":
    main()
