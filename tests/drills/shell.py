"""A shell on the servers of an office: each command is a process of its own, with its settings and nothing else."""

from __future__ import annotations

import os

from tests.chaos.partnerships.restoring import Office
from tests.drills.releases import Answer, answer_of


async def accord(office: Office, *words: str, **settings: str) -> Answer:
    """Run a command of the shell, and return its end."""
    places = {"ACCORD_DATA": office.stack.folder, "ACCORD_KEYS": office.folder / "keys"}
    places["ACCORD_ARCHIVE"] = office.folder / "archive"
    environment = {**os.environ, **{name: str(place) for name, place in places.items()}, **settings}
    environment.pop("ACCORD_DATABASE_URL", None)
    return await answer_of(environment, "-W", "ignore", "-m", "accord", *words)


async def done(office: Office, *words: str, **settings: str) -> str:
    """Run a command that must succeed, and return what it printed. Raises RuntimeError if it did not."""
    answer = await accord(office, *words, **settings)
    if answer.code:
        raise RuntimeError(f"accord {' '.join(words)} ended with {answer.code}: {answer.words}")
    return answer.words
