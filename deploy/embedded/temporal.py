"""Temporal's development server of a stack: its ports, its command, and a start that is tried again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, Final

from temporalio.common import SearchAttributeKey

from deploy.connections import connect_temporal
from deploy.database import ServiceUnavailable
from deploy.embedded.ports import LOOPBACK, free_port, read_ports
from deploy.embedded.processes import ChildProcess, program
from workflows import attributes

TEMPORAL_START_SECONDS: Final = 60.0
TEMPORAL_STARTS: Final = 3


class StackFailed(RuntimeError):
    """A process of the stack did not start. The message ends with the last lines of its log."""


class TemporalServer:
    """Temporal with its UI, in one process that keeps its state in a file."""

    def __init__(self, folder: Path, secrets: Path, codec: str = "") -> None:
        """Prepare it on the ports that it had before. `codec`: the address at which pages decode for its UI."""
        self._folder, self._secrets, self._codec = folder, secrets, codec
        kept_ports = read_ports(folder)
        self.port, self.ui_port = free_port(kept_ports.get("temporal")), free_port(kept_ports.get("ui"))
        self.process = self._process()

    @property
    def address(self) -> str:
        """The address of its front end."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_url(self) -> str:
        """The address of its UI: of the same site as the console, which decrypts for it."""
        return f"http://localhost:{self.ui_port}"

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a process that connects to it."""
        return {"TEMPORAL_ADDRESS": self.address, "TEMPORAL_NAMESPACE": "default"}

    async def start(self) -> None:
        """Start Temporal on its previous ports, and on others if it ends because another process has one of them.

        It takes further ports for its own services, and falls if another process binds one of those before it does:
        another Temporal that starts beside it, for instance (temporalio/cli#581, #667).

        Raises:
            StackFailed: It did not start.
        """
        for retries in reversed(range(TEMPORAL_STARTS)):
            self.port, self.ui_port = free_port(self.port), free_port(self.ui_port)
            self.process = self._process()
            self.process.start()
            try:
                await self._until_it_serves()
                return
            except StackFailed:
                if not retries or self.process.alive():
                    raise

    async def _until_it_serves(self) -> None:
        """Wait for Temporal to accept clients, which takes a while after it opens its port."""
        deadline = time.monotonic() + TEMPORAL_START_SECONDS
        while (fault := await self._refused()) is not None:
            if not self.process.alive() or time.monotonic() > deadline:
                raise StackFailed(f"Temporal did not start: {fault}\n{self.process.last_lines()}")
            await asyncio.sleep(0.1)

    async def _refused(self) -> ServiceUnavailable | None:
        try:
            await connect_temporal(self.address, secrets=self._secrets)
        except ServiceUnavailable as fault:
            return fault
        return None

    def _process(self) -> ChildProcess:
        return ChildProcess("temporal", self._command(), self._folder / "logs" / "temporal.log")

    def _command(self) -> list[str]:
        return [
            *(program("temporal"), "server", "start-dev", "--log-level", "warn", "--ui-disable-news-fetch"),
            *("--db-filename", str(self._folder / "temporal.sqlite"), "--ip", LOOPBACK, "--ui-ip", LOOPBACK),
            *("--port", str(self.port), "--ui-port", str(self.ui_port)),
            *(("--ui-codec-endpoint", self._codec) if self._codec else ()),
            *(f"--search-attribute={key.name}={flag_type(key)}" for key in attributes.ALL),
        ]


def flag_type(key: SearchAttributeKey[Any]) -> str:
    """Return the type of a search attribute as the command of the server writes it."""
    return "".join(part.title() for part in key.indexed_value_type.name.split("_"))
