"""The course of a drill: what was lost, found and proved, and which promises held."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

from rich.console import Console

from accord.operations.drill_notes import DrillCertificate

out: Final = Console(soft_wrap=True, highlight=False)


class Course:
    """The course of a drill, printed as it goes."""

    def __init__(self, drill: str) -> None:
        self.drill = drill
        self.lost = 0
        self.noticed = 0.0
        self.broken: list[str] = []
        self._began = time.monotonic()

    def say(self, words: str) -> None:
        """Print a line with the seconds since the drill began."""
        out.print(f"{time.monotonic() - self._began:6.1f} s  {words}", markup=False)

    def promise(self, words: str, held: bool, instead: object = "") -> bool:
        """Print whether a promise held. `instead`: what was met if it did not."""
        self.say(f"{'held  ' if held else 'BROKEN'} {words}{'' if held else f' ({instead})'}")
        if not held:
            self.broken.append(words)
        return held

    def forgot(self, lost: int, seconds: float, by: str) -> None:
        """Say what was lost on purpose, and after how long who noticed."""
        self.lost, self.noticed = self.lost + lost, max(self.noticed, seconds)
        self.say(f"lost: {lost} events; noticed after {seconds:.1f} s by {by}")

    @property
    def certificate(self) -> DrillCertificate:
        """The outcome, to be signed."""
        now = datetime.now(UTC).replace(microsecond=0)
        return DrillCertificate(self.drill, now, self.lost, round(self.noticed, 1), len(self.broken))
