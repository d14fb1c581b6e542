"""A record stands where two people signed it, in the stream of its own reference, and each key once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hypothesis import example, given
from hypothesis import strategies as st

from domain.identity import ACCORD, derive
from domain.imported.events import PartnershipImported
from domain.imported.orders import ImportOrder, ImportRecord
from domain.imported.totals import totals_of
from domain.imported.written import EventOfBefore, KeyOfSystem, StandingRecords, WrittenRecord, WrittenRecords
from domain.signatures.signing import content_digest
from ledger import clock
from records.codec import to_ledger, to_ledger_with
from tests.domain.imported.test_claims import claim
from tests.imports.grants import mapping

REFERENCES: Final = ("P-2026-5001", "P-2026-5002", "P-2026-5003")
KEYS: Final = ("G-1", "G-2")
ORDERS: Final = ("first", "second")
CLAIMS: Final = ("a", "b")


def written(reference: str, key: str, order: str, claim_sha256: str, replaces: str | None) -> EventOfBefore:
    """Return an event that brings a claim in. Its position and version are given to it in its history."""
    sha256 = f"{reference} {key} {claim_sha256} {replaces}"
    record = WrittenRecord(0, order, sha256, claim_sha256, replaces, KeyOfSystem("books", key))
    return EventOfBefore(reference, 0, 0, record)


def in_order(events: Sequence[EventOfBefore]) -> list[EventOfBefore]:
    """Return events, each with the position and the version that it has after those before it."""
    versions: dict[str, int] = {}
    placed = list[EventOfBefore]()
    for position, event in enumerate(events, 1):
        versions[event.reference] = version = versions.get(event.reference, 0) + 1
        record = event.record._replace(position=position) if event.record is not None else None
        placed.append(event._replace(position=position, version=version, record=record))
    return placed


events_of_before = st.builds(
    written,
    st.sampled_from(REFERENCES),
    st.sampled_from(KEYS),
    st.sampled_from(ORDERS),
    st.sampled_from(CLAIMS),
    st.sampled_from((None, *CLAIMS)),
) | st.sampled_from(REFERENCES).map(lambda reference: EventOfBefore(reference, 0, 0, None))
histories = st.lists(events_of_before, max_size=12).map(in_order)


def allowed_by(events: Sequence[EventOfBefore], unsigned: Sequence[int]) -> dict[str, frozenset[str]]:
    """Return the digests that each order allows: those of its events, without some."""
    records = [event.record for index, event in enumerate(events) if event.record is not None and index not in unsigned]
    return {order: frozenset(row.sha256 for row in records if row.order_sha256 == order) for order in ORDERS}


def standing_by_the_whole(
    events: Sequence[EventOfBefore], allowed: dict[str, frozenset[str]]
) -> dict[str, WrittenRecord]:
    """Return the standing records, found by walking through all of them."""
    newest: dict[str, WrittenRecord | None] = {event.reference: None for event in events}
    for event in events:
        record, before = event.record, newest[event.reference]
        if record is None or record.sha256 not in allowed[record.order_sha256]:
            continue
        if record.replaces == (before.claim_sha256 if before is not None else None):
            newest[event.reference] = record
    first: dict[KeyOfSystem, str] = {}
    for reference, record in newest.items():
        if record is not None:
            first.setdefault(record.key, reference)
    return {reference: record for reference in first.values() if (record := newest[reference]) is not None}


def record_of(reference: str, key: str) -> ImportRecord:
    """Return a record that asks for a reference and a key."""
    content = {
        "reference": reference, "source": "books", "file_sha256": "ab" * 32, "sheet": "Grants", "rows": [2],
        "partnership": claim(key=key).model_dump(mode="json"),
    }  # fmt: skip
    return ImportRecord.model_validate(content)


ASKED: Final = [record_of(reference, key) for reference in REFERENCES for key in KEYS]


@given(histories, st.lists(st.integers(0, 11), max_size=3))
def test_what_stands_is_the_same_asked_by_reference_and_found_by_walking_through_all(
    events: list[EventOfBefore], unsigned: list[int]
) -> None:
    """Given any history, then each reference stands as by the whole, and a key where it stands by the whole."""
    allowed = allowed_by(events, unsigned)
    whole = standing_by_the_whole(events, allowed)
    standing = StandingRecords(WrittenRecords().followed_by(events), allowed)
    assert {reference: standing.of(reference) for reference in REFERENCES} == {
        reference: whole.get(reference) for reference in REFERENCES
    }
    holders = {record.key: reference for reference, record in whole.items()}
    keys = [KeyOfSystem("books", key) for key in KEYS]
    assert [standing.holder(key) for key in keys] == [holders.get(key) for key in keys]


SHARED_BY_ANOTHER: Final = in_order(
    [written("P-2026-5001", "G-2", "first", "a", None), written("P-2026-5002", "G-2", "second", "a", None)]
)
"""A key under two references, of which the second order wrote one: both orders say where the key stands."""


@given(histories, st.integers(0, 12), st.sampled_from(ASKED))
@example(SHARED_BY_ANOTHER, 1, record_of("P-2026-5001", "G-1"))
def test_a_part_needs_no_more_than_the_orders_of_its_own_references_and_keys(
    events: list[EventOfBefore], read_before: int, record: ImportRecord
) -> None:
    """Given records read in two goes, when a record asks with the orders it needs alone, then all is as with every."""
    earlier = WrittenRecords().followed_by(events[:read_before])
    kept = earlier.followed_by(events[read_before:])
    assert kept == WrittenRecords().followed_by(events)
    assert earlier == WrittenRecords().followed_by(events[:read_before])
    allowed = allowed_by(events, ())
    needed = {order: allowed[order] for order in kept.orders_about([record])}
    few, every = StandingRecords(kept, needed), StandingRecords(kept, allowed)
    assert few.of(record.reference) == every.of(record.reference)
    assert few.fault_of(record) == every.fault_of(record)


def test_a_record_that_is_written_as_json_once_has_the_digests_and_the_bytes_of_one_that_is_written_thrice() -> None:
    """Given a record, then it is digested and recorded as by its parts: signs beyond the basic plane as well."""
    answered = record_of("P-2026-5001", "G-\u00e9\U0001f600").model_copy(update={"answer": "no", "replaces": "cd" * 32})
    for record in (ASKED[0], answered):
        _, sha256, claim_sha256 = canonical = record.canonical
        assert (sha256, claim_sha256) == (record.sha256, record.partnership.sha256)
        event = PartnershipImported(at=clock.now(), order_sha256="ab" * 32, record=record)
        command_id = derive("import", sha256)
        stored_event = to_ledger_with(event, "record", canonical.content, ACCORD, command_id)
        assert (stored_event,) == to_ledger((event,), ACCORD, command_id)


def test_the_digest_of_an_order_is_that_of_its_whole_content() -> None:
    """Given an order, then what people sign is the digest of all that it says."""
    order = ImportOrder(
        file_sha256="ab" * 32,
        mapping=mapping(),
        totals=totals_of([ASKED[0].partnership]),
        records=("cd" * 32, "ef" * 32),
    )
    assert order.sha256 == content_digest(order.model_dump(mode="json"))
