"""Run a process of the product under a wrong clock, which is moved while it runs: by as many seconds as a file says.

The clock that the product asks (`ledger.clock`) is moved. The machine's own stays, and with it Temporal's.
"""

from __future__ import annotations

import runpy
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger import clock


class WrongClock:
    """A clock that is wrong by what its file says."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def move(self, by: timedelta) -> None:
        """Let it be wrong by so much from now on, as by one step."""
        part = self.file.with_suffix(".part")
        part.write_text(str(by.total_seconds()), "ascii")
        part.replace(self.file)

    def now(self) -> datetime:
        """Return its time."""
        return datetime.now(UTC) + timedelta(seconds=float(self.file.read_text("ascii")))


if __name__ == "__main__":
    _, file, module, *words = sys.argv
    sys.argv = [module, *words]
    with clock.reading(WrongClock(Path(file)).now):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
