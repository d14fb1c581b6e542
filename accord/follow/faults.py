"""The faults that end a round of following: an API that is away or refuses, and a ledger that is another one."""

from __future__ import annotations


class ApiSilent(ConnectionError):
    """The API does not answer now. It is asked again."""


class ApiRefused(RuntimeError):
    """The API does not give what was asked, or gives what cannot be read. The message says which."""


class LedgerDiverged(RuntimeError):
    """The ledger is not the one that was followed, from a position on. Nothing is followed or cosigned after this."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


class FolderUnusable(RuntimeError):
    """The replica's folder belongs to another ledger or follower, or cannot be read."""
