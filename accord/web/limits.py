"""Limits of requests: enough for anybody who works, too little for those who hammer at the door or on lists."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple

MOST_KNOWN: Final = 10_000
"""The most askers that are remembered. Beyond that, those whose last question is oldest are forgotten first."""


class Rate(NamedTuple):
    """So many at once, and so many a minute after that."""

    at_once: int
    a_minute: int


AT_THE_DOOR: Final = Rate(60, 60)
"""Signing in, by address: behind a proxy everybody has the proxy's."""
AT_AN_ADDRESS: Final = Rate(300, 300)
"""The pages that sign and that make a passkey, which need no session: by address, as at the door."""
EXPORTS: Final = Rate(60, 20)
"""Whole lists as files, by reader."""
PICTURES: Final = Rate(120, 60)
"""Pages of papers as pictures, by reader: each is drawn by a process of its own."""
CHANGES: Final = Rate(300, 300)
"""Forms sent, by reader."""

DECODINGS: Final = Rate(3000, 3000)
"""Payloads to decrypt for the Temporal UI, by reader: it may ask for each one of a long history."""

HEALTH_LOOKS: Final = Rate(600, 600)
"""Looks whether pages are served, by address: those who balance loads look often, and have a bucket of their own."""


class RateLimits:
    """Buckets of tokens, one for each asker and kind of question, that fill again with time."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Start with full buckets. `now`: a clock in seconds."""
        self._now = now
        self._buckets: dict[tuple[str, Rate], tuple[float, float]] = {}

    def wait(self, asker: str, rate: Rate) -> int:
        """Take a token of an asker. Return 0, or the seconds after which they may ask again."""
        now = self._now()
        tokens, since = self._buckets.pop((asker, rate), (float(rate.at_once), now))
        tokens = min(float(rate.at_once), tokens + (now - since) * rate.a_minute / 60)
        has_token = tokens >= 1
        self._buckets[asker, rate] = (tokens - 1 if has_token else tokens, now)
        if len(self._buckets) > MOST_KNOWN:
            del self._buckets[next(iter(self._buckets))]
        return 0 if has_token else 1 + int((1 - tokens) * 60 / rate.a_minute)


class Places:
    """Places for what is done at the same time, of which each asker holds a few at most."""

    def __init__(self, most: int, most_of_one: int) -> None:
        """Begin with all of them free."""
        self._most = most
        self._most_of_one = most_of_one
        self._taken = Counter[str]()

    def take(self, asker: str) -> bool:
        """Take a place, and return False where none is free."""
        if self._taken.total() >= self._most or self._taken[asker] >= self._most_of_one:
            return False
        self._taken[asker] += 1
        return True

    def leave(self, asker: str) -> None:
        """Give a place back."""
        self._taken[asker] -= 1
        self._taken += Counter()  # nobody is remembered who holds none
