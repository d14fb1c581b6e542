"""Names of streams: each is made in one place, falls into its kind, and says what it is of."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from domain.streams import (
    ACCESS_LOG_STREAM,
    BOOKS_STREAM,
    DIRECTORY_STREAM,
    PAPERS_STREAM,
    PRIVACY_STREAM,
    RULE_BOOK_STREAM,
    SUBMISSIONS_STREAM,
    TRUTHS_STREAM,
    AttemptNumber,
    StreamId,
    StreamKind,
)

MADE = {
    StreamId.partnership("P-2026-0042"): (StreamKind.PARTNERSHIP, "P-2026-0042"),
    StreamId.attempt("P-2026-0042", 2, 3): (StreamKind.ATTEMPT, "P-2026-0042"),
    StreamId.account("A1"): (StreamKind.ACCOUNT, "A1"),
    StreamId.clearance("3fa9"): (StreamKind.CLEARANCE, "3fa9"),
    StreamId.register("irs-bmf"): (StreamKind.REGISTER, "irs-bmf"),
    StreamId.payment_file("ACCM1"): (StreamKind.PAYMENT_FILE, "ACCM1"),
    StreamId.bank_file("ab" * 32): (StreamKind.BANK_FILE, "ab" * 32),
    StreamId.exception("E1"): (StreamKind.EXCEPTION, "E1"),
    StreamId.reopening(2): (StreamKind.REOPENING, "2"),
    StreamId.fund("FD-2026-ISOC"): (StreamKind.FUND, "FD-2026-ISOC"),
    StreamId.booking(UUID(int=7)): (StreamKind.BOOKING, f"{7:032x}"),
    StreamId.edition("QUESTIONS", "interim-report"): (StreamKind.EDITION, "QUESTIONS"),
    StreamId.import_order("ab" * 32): (StreamKind.IMPORT, "ab" * 32),
    StreamId.imported("P-2026-5001"): (StreamKind.IMPORTED, "P-2026-5001"),
    DIRECTORY_STREAM: (StreamKind.DIRECTORY, ""),
    PRIVACY_STREAM: (StreamKind.PRIVACY, ""),
    ACCESS_LOG_STREAM: (StreamKind.ACCESS_LOG, ""),
    TRUTHS_STREAM: (StreamKind.TRUTHS, ""),
    RULE_BOOK_STREAM: (StreamKind.RULE_BOOK, ""),
    PAPERS_STREAM: (StreamKind.PAPERS, ""),
    SUBMISSIONS_STREAM: (StreamKind.SUBMISSIONS, ""),
    BOOKS_STREAM: (StreamKind.BOOKS, ""),
}


@pytest.mark.parametrize("stream", MADE, ids=str)
def test_a_name_is_of_one_kind_and_says_what_it_is_of(stream: StreamId) -> None:
    kind, subject = MADE[stream]
    assert [one for one in StreamKind if re.search(one, stream)] == [kind]
    assert stream.subject == subject


def test_every_kind_of_stream_has_a_name_here() -> None:
    assert {kind for kind, _ in MADE.values()} == set(StreamKind)


def test_only_an_attempts_stream_has_a_place() -> None:
    assert StreamId("partnership/P-2026-0042/tranche/2/attempt/3").place == AttemptNumber(2, 3)
    assert [stream for stream in MADE if stream.place is not None] == [StreamId.attempt("P-2026-0042", 2, 3)]


def test_a_partnerships_own_stream_is_told_from_those_of_its_attempts() -> None:
    assert [stream for stream in MADE if stream.is_partnership] == [StreamId.partnership("P-2026-0042")]
