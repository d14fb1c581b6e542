"""Names of the ledger's streams: one value type for all of them, and what each name says.

A partnership's stream, and an attempt's to pay, bear the id of the workflow that runs it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, Self

PARTNERSHIP_STREAMS: Final = "partnership/"
"""How the names of all streams of partnerships begin, and of the attempts to pay in them."""


class StreamKind(StrEnum):
    """A kind of stream, by the pattern of its name. Python and PostgreSQL read these patterns alike."""

    PARTNERSHIP = "^partnership/[^/]+$"
    ATTEMPT = "^partnership/[^/]+/tranche/[^/]+/attempt/[^/]+$"
    DIRECTORY = "^directory$"
    ACCOUNT = "^account/[^/]+$"
    CLEARANCE = "^clearance/[^/]+$"
    PRIVACY = "^privacy$"
    REGISTER = "^register/[^/]+$"
    PAYMENT_FILE = "^payment-file/[^/]+$"
    BANK_FILE = "^bank-file/[^/]+$"
    EXCEPTION = "^exception/[^/]+$"
    REOPENING = "^reopening/[0-9]+$"


class Place(NamedTuple):
    """A tranche, and the attempt to pay it."""

    tranche: int
    attempt: int


class StreamId(str):
    """The name of a stream."""

    __slots__ = ()

    @classmethod
    def partnership(cls, partnership_id: str) -> Self:
        """Return the stream of a partnership: its decisions, and what follows from them."""
        return cls(f"{PARTNERSHIP_STREAMS}{partnership_id}")

    @classmethod
    def attempt(cls, partnership_id: str, tranche: int, attempt: int) -> Self:
        """Return the stream of one attempt to pay one tranche."""
        return cls(f"{PARTNERSHIP_STREAMS}{partnership_id}/tranche/{tranche}/attempt/{attempt}")

    @classmethod
    def account(cls, reference: str) -> Self:
        """Return the stream of a bank account: who recorded it, who called back."""
        return cls(f"account/{reference}")

    @classmethod
    def clearance(cls, pair: str) -> Self:
        """Return the stream of a pair of party and list entry, by the pair's digest."""
        return cls(f"clearance/{pair}")

    @classmethod
    def register(cls, name: str) -> Self:
        """Return the stream of a public register: overrides of its guards."""
        return cls(f"register/{name}")

    @classmethod
    def payment_file(cls, message_id: str) -> Self:
        """Return the stream of a payment file."""
        return cls(f"payment-file/{message_id}")

    @classmethod
    def bank_file(cls, sha256: str) -> Self:
        """Return the stream of a file of the bank's, by its digest."""
        return cls(f"bank-file/{sha256}")

    @classmethod
    def exception(cls, exception_id: object) -> Self:
        """Return the stream of an exception that people must resolve."""
        return cls(f"exception/{exception_id}")

    @classmethod
    def reopening(cls, epoch: int) -> Self:
        """Return the stream of opening payments again in an epoch."""
        return cls(f"reopening/{epoch}")

    @property
    def subject(self) -> str:
        """The thing that the stream is of: the partnership, the account, the file."""
        return self.partition("/")[2].split("/")[0]

    @property
    def is_partnership(self) -> bool:
        """True if it is a partnership's own stream, and not that of an attempt to pay in it, or of something else."""
        return self.startswith(PARTNERSHIP_STREAMS) and self.count("/") == 1

    @property
    def place(self) -> Place | None:
        """The tranche and attempt that it is of; None of any stream but an attempt's."""
        match self.split("/"):
            case ["partnership", _, "tranche", tranche, "attempt", attempt]:
                return Place(int(tranche), int(attempt))
            case _:
                return None


DIRECTORY_STREAM: Final = StreamId("directory")
PRIVACY_STREAM: Final = StreamId("privacy")
"""What was erased, and the subject of the statements about it."""
