"""What a document tells its reader to type, with the answer that it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.conftest import ROOT

TUTORIAL: Final = ROOT / "docs" / "tutorial.md"
README: Final = ROOT / "README.md"
BLOCK: Final = re.compile(r"^```\n(.+?)^```", re.MULTILINE | re.DOTALL)
OF_THE_DEMO: Final = re.compile(r"^```console\n(.+?)^```", re.MULTILINE | re.DOTALL)
"""A block that is typed beside `make demo`, rather than beside `accord up`."""
SHELL: Final = "## At the shell"


@dataclass(frozen=True)
class Typed:
    """A line that is typed, and the lines that are shown below it."""

    line: str
    shown: tuple[str, ...] = ()

    @property
    def is_refused(self) -> bool:
        """True if what is shown is a refusal."""
        return any(line.startswith(("accord: ", "refused: ")) for line in self.shown)


def by_browser() -> str:
    """What the tutorial says of the tour by browser."""
    return TUTORIAL.read_text("utf-8").partition("## In the browser")[2].partition(SHELL)[0]


def by_shell() -> str:
    """What the tutorial says of the tour by shell, and of all that comes after it."""
    return TUTORIAL.read_text("utf-8").partition(SHELL)[2]


def beside_the_demo() -> list[Typed]:
    """Every line that the README tells its reader to type beside `make demo`, in order."""
    blocks = OF_THE_DEMO.findall(README.read_text("utf-8"))
    return [one for block in blocks for one in typed_in_block(block)]


def typed_in(text: str) -> list[Typed]:
    """Every line that a text tells its reader to type, in order."""
    return [one for block in BLOCK.findall(text) for one in typed_in_block(block)]


def typed_in_block(block: str) -> Iterator[Typed]:
    """Every line that a block tells its reader to type."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *shown = part.rstrip().splitlines()
        yield Typed(line, tuple(one for one in shown if one.strip()))


# What is shown, against what is answered

LEARNT: Final = re.compile(r"\bACCM\.\.\.|\bCHANGE\b|\b[0-9a-f]{8}\b|\b[0-9a-f]{16}\b")
"""What is another each time: the name of a file, the id of a change, a digest."""
DAY: Final = re.compile(r"\b20\d\d-\d\d-\d\d\b")
SHAPES: Final = {"ACCM...": r"ACCM[A-Z2-7]+", "CHANGE": r"[0-9a-f-]{36}"}


class Reading:
    """Somebody who compares what is answered with what a document shows, and learns the names that are new."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def line(self, typed: str) -> str:
        """What is typed, with the names as they were learnt."""
        for shown, name in self._names.items():
            typed = typed.replace(shown, name)
        return typed

    def lacks(self, typed: Typed, answer: str) -> list[str]:
        """The lines that a document shows and that were not answered, in their order."""
        said, lacks = answer.splitlines(), []
        for shown in typed.shown:
            if shown == "...":
                continue
            at = next((n for n, line in enumerate(said) if self._is(shown, line)), None)
            if at is None:
                lacks.append(shown)
            else:
                said = said[at + 1 :]
        return lacks

    def _is(self, shown: str, line: str) -> bool:
        names = LEARNT.findall(shown)
        pattern = re.escape(DAY.sub("A-DAY", LEARNT.sub("A-NAME", shown.rstrip())))
        for name in names:
            pattern = pattern.replace("A\\-NAME", f"({SHAPES.get(name, f'[0-9a-f]{{{len(name)}}}')})", 1)
        found = re.fullmatch(pattern.replace("A\\-DAY", DAY.pattern), line.rstrip())
        if found is None:
            return False
        self._names |= dict(zip(names, found.groups(), strict=True))
        return True
