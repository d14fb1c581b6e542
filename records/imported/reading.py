"""One partnership of before, as the ledger holds it: what is claimed, the claims that it replaced, and who signed."""

from __future__ import annotations

from typing import NamedTuple

from domain.imported.events import ImportConfirmed, ImportSigned, PartnershipImported
from domain.imported.orders import ImportRecord
from domain.imported.standing import ImportStanding
from domain.streams import StreamId
from domain.values import Moment
from records.authorship import Reader
from records.imports import read_standing


class SignedRecord(NamedTuple):
    """A record of before with the import that two people signed it in."""

    record: ImportRecord
    order_sha256: str
    position: int
    recorded_at: Moment
    signer: str
    signed_at: Moment
    confirmer: str
    confirmed_at: Moment


async def read_records(reader: Reader, reference: str) -> tuple[SignedRecord, ...]:
    """Return what was claimed of a partnership of before, the newest last: that one stands. () if there is none.

    A correction counts if it replaces what stood before it.
    """
    records: list[SignedRecord] = []
    claim: str | None = None
    for recorded_event in await reader.read(StreamId.imported(reference)):
        event = recorded_event.event
        if not isinstance(event, PartnershipImported) or event.record.replaces != claim:
            continue
        standing = await read_standing(reader, event.order_sha256)
        if event.record.sha256 in standing.allowed:
            signatures = await _signatures(reader, event.order_sha256, standing)
            recorded_at = recorded_event.recorded_at or event.at
            place = SignedRecord(event.record, event.order_sha256, recorded_event.position, recorded_at, *signatures)
            records.append(place)
            claim = event.record.partnership.sha256
    return tuple(records)


async def _signatures(reader: Reader, order: str, standing: ImportStanding) -> tuple[str, Moment, str, Moment]:
    """Return who signed an import and when, and who confirmed it and when."""
    acts = [(event.event, event.recorded_at) for event in await reader.read(StreamId.import_order(order))]
    signing_time = next(
        at or act.at for act, at in acts if isinstance(act, ImportSigned) and act.actor == standing.signer
    )
    confirmation_time = next(
        at or act.at for act, at in acts if isinstance(act, ImportConfirmed) and act.actor == standing.confirmer
    )
    return standing.signer, signing_time, standing.confirmer, confirmation_time
