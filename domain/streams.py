"""Names of the ledger's streams: one value type that builds and reads them.

The name of a partnership's stream, and of an attempt's to pay, is also the id of the workflow that runs it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, Self
from uuid import UUID

PARTNERSHIP_STREAMS: Final = "partnership/"
"""The prefix of the stream names of all partnerships and of their attempts to pay."""

ACCOUNT_STREAMS: Final = "account/"
"""The prefix of the stream names of all bank accounts."""


IMPORT_STREAMS: Final = "import/"
"""The prefix of the stream names of all imports."""

IMPORTED_STREAMS: Final = "imported/"
"""The prefix of the stream names of all partnerships of before."""

EDITION_STREAMS: Final = "edition/"
"""The prefix of the stream names of all editions."""


class StreamKind(StrEnum):
    """A kind of stream. Its value is a regular expression that Python and PostgreSQL match names with alike."""

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
    FUND = "^fund/[^/]+$"
    BOOKING = "^booking/[^/]+$"
    ACCESS_LOG = "^access-log$"
    TRUTHS = "^truths$"
    RULE_BOOK = "^rule-book$"
    EDITION = "^edition/[A-Z]+/[^/]+$"
    PAPERS = "^papers$"
    SUBMISSIONS = "^submissions$"
    BOOKS = "^books$"
    IMPORT = "^import/[^/]+$"
    IMPORTED = "^imported/[^/]+$"


class AttemptNumber(NamedTuple):
    """The numbers of a tranche and of an attempt to pay it."""

    tranche: int
    attempt: int


class StreamId(str):
    """The name of a stream."""

    __slots__ = ()

    @classmethod
    def partnership(cls, partnership_id: str) -> Self:
        """Return the stream of a partnership, which holds its decisions and what follows from them."""
        return cls(f"{PARTNERSHIP_STREAMS}{partnership_id}")

    @classmethod
    def attempt(cls, partnership_id: str, tranche: int, attempt: int) -> Self:
        """Return the stream of one attempt to pay one tranche."""
        return cls(f"{PARTNERSHIP_STREAMS}{partnership_id}/tranche/{tranche}/attempt/{attempt}")

    @classmethod
    def account(cls, reference: str) -> Self:
        """Return the stream of a bank account, which holds the acts of recording it and of calling back."""
        return cls(f"{ACCOUNT_STREAMS}{reference}")

    @classmethod
    def clearance(cls, pair: str) -> Self:
        """Return the stream of the clearances of a match. `pair` is the digest of its party and list entry."""
        return cls(f"clearance/{pair}")

    @classmethod
    def register(cls, name: str) -> Self:
        """Return the stream of a public register, which holds the overrides of its plausibility checks."""
        return cls(f"register/{name}")

    @classmethod
    def payment_file(cls, message_id: str) -> Self:
        """Return the stream of a payment file."""
        return cls(f"payment-file/{message_id}")

    @classmethod
    def bank_file(cls, sha256: str) -> Self:
        """Return the stream of a file from the bank. `sha256` is the digest of the file."""
        return cls(f"bank-file/{sha256}")

    @classmethod
    def exception(cls, exception_id: object) -> Self:
        """Return the stream of an exception that people must resolve."""
        return cls(f"exception/{exception_id}")

    @classmethod
    def fund(cls, fund_id: str) -> Self:
        """Return the stream of a fund, which holds its money and what partnerships have of it."""
        return cls(f"fund/{fund_id}")

    @classmethod
    def booking(cls, key: UUID) -> Self:
        """Return the stream of the bookings of one reference of the bank. `key` stands for it."""
        return cls(f"booking/{key.hex}")

    @classmethod
    def reopening(cls, epoch: int) -> Self:
        """Return the stream of the acts that reopen payments in an epoch of the ledger."""
        return cls(f"reopening/{epoch}")

    @classmethod
    def edition(cls, kind: str, name: str) -> Self:
        """Return the stream of a series of editions, such as edition/QUESTIONS/interim-report."""
        return cls(f"{EDITION_STREAMS}{kind}/{name}")

    @classmethod
    def import_order(cls, sha256: str) -> Self:
        """Return the stream of an import, which holds its two signatures. `sha256` is the digest of its order."""
        return cls(f"{IMPORT_STREAMS}{sha256}")

    @classmethod
    def imported(cls, partnership_id: str) -> Self:
        """Return the stream of what is claimed of a partnership of before."""
        return cls(f"{IMPORTED_STREAMS}{partnership_id}")

    @property
    def subject(self) -> str:
        """The identifier in the stream's name, such as the partnership's id, empty if the name has none."""
        return self.partition("/")[2].split("/")[0]

    @property
    def is_partnership(self) -> bool:
        """True if it is a partnership's own stream, and False for its attempts to pay and for all other streams."""
        return self.startswith(PARTNERSHIP_STREAMS) and self.count("/") == 1

    @property
    def place(self) -> AttemptNumber | None:
        """The tranche and attempt of an attempt's stream, or None for any other stream."""
        match self.split("/"):
            case ["partnership", _, "tranche", tranche, "attempt", attempt]:
                return AttemptNumber(int(tranche), int(attempt))
            case _:
                return None


DIRECTORY_STREAM: Final = StreamId("directory")
ACCESS_LOG_STREAM: Final = StreamId("access-log")
RULE_BOOK_STREAM: Final = StreamId("rule-book")
"""The stream of what counsel confirmed of the rule book's sources."""
TRUTHS_STREAM: Final = StreamId("truths")
"""The stream of all that people told, whatever it is about."""
PAPERS_STREAM: Final = StreamId("papers")
"""The stream of erasures of papers."""
SUBMISSIONS_STREAM: Final = StreamId("submissions")
"""The stream of the seals of what grantees handed in."""
BOOKS_STREAM: Final = StreamId("books")
"""The stream of the periods of the book that two people close."""
PRIVACY_STREAM: Final = StreamId("privacy")
"""The stream of erasures, and the subject of the statements that approve them."""
