"""The schema of stored events: every type of event, its versions, and the upcasters of older ones.

Stored events are read only through this module; those of the directory in today's form also by their own classes alone
(`records.directory_stream`). Code that read a payload's fields directly would misread payloads of an
older version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter
from pydantic_core import from_json

from domain.books import events as books
from domain.directory import people, personal
from domain.editions import events as editions
from domain.errors import UpgradeNeeded
from domain.funds import events as funds
from domain.imported import events as imported
from domain.organisation import access_log, counsel, paper_erasures
from domain.partnership.events import Event, PartnershipEvent, lift_report
from domain.payment import account, bank_file, bookings, mapping, payment_file, reopening
from domain.payment.tranche.events import TrancheEvent
from domain.screening import clearance, guarding
from domain.submissions import events as submissions
from domain.truths import events as truths
from domain.unions import kinds_of
from domain.values import RECORDED

AnyEvent = Annotated[
    Event
    | TrancheEvent
    | payment_file.PaymentFileEvent
    | bank_file.BankFileEvent
    | bookings.BookingEvent
    | people.DirectoryEvent
    | account.AccountEvent
    | mapping.MappingSigned
    | personal.ErasureApproved
    | access_log.AccessLogSealed
    | clearance.MatchCleared
    | guarding.GuardOverridden
    | reopening.ReopeningEvent
    | funds.AnyFundEvent
    | truths.TruthEvent
    | counsel.SourceConfirmed
    | editions.EditionEvent
    | paper_erasures.PaperErasureApproved
    | submissions.SubmissionsSealed
    | books.BookEvent
    | imported.ImportEvent,
    Field(discriminator="event_type"),
]
"""Every event that the ledger may hold, in any stream."""

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


def _as_it_is(payload: dict[str, Any]) -> dict[str, Any]:
    """Return a payload of which the next form tells more, which has a default."""
    return payload


UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {
    # It was the final one where nothing else was said.
    ("ReportReceived", 1): lambda payload: lift_report({"final": True, **payload}),
    # A release that does not know the further form stops and says so.
    ("ReportReceived", 2): _as_it_is,
    ("ReportReceived", 3): _as_it_is,
    ("DueDiligenceCompleted", 1): _as_it_is,
    ("RegistersRechecked", 1): _as_it_is,
    ("AgreementSigned", 1): _as_it_is,
    ("ConditionMet", 1): _as_it_is,
    ("PartnershipWithdrawn", 1): _as_it_is,
    ("CommentMade", 1): _as_it_is,
    ("ReportAccepted", 1): _as_it_is,
    ("PartnershipProposed", 1): _as_it_is,
    ("ProposalRevised", 1): _as_it_is,
    ("ProposalRevised", 2): _as_it_is,
    ("ProposalAmended", 1): _as_it_is,
    ("ProposalAmended", 2): _as_it_is,
    ("SubrecipientsReported", 1): _as_it_is,
    ("TrancheReleasedForPayment", 1): _as_it_is,
    ("AccountConfirmed", 1): _as_it_is,
    ("RefundRecorded", 1): _as_it_is,
    ("BankContradicted", 1): _as_it_is,
    ("DirectoryFounded", 1): _as_it_is,
    ("DirectoryChangeProposed", 1): _as_it_is,
    ("HouseRulesSet", 1): _as_it_is,
    ("ReferralCleared", 1): _as_it_is,
    ("ApprovalGiven", 1): _as_it_is,
    ("BankFileImported", 1): _as_it_is,
    ("PaymentAccepted", 1): _as_it_is,
    ("PaymentSettled", 1): _as_it_is,
    ("PaymentRejected", 1): _as_it_is,
    ("PaymentReturned", 1): _as_it_is,
    ("TrancheEnded", 1): _as_it_is,
    ("ContradictionResolved", 1): _as_it_is,
    ("FundsReceived", 1): _as_it_is,
    ("ExceptionRaised", 1): _as_it_is,
    ("ResolutionAgreed", 1): _as_it_is,
    ("ExceptionResolved", 1): _as_it_is,
}
"""By (event type, schema version): the function that upcasts a stored payload to the next version."""

_ANY_EVENT: TypeAdapter[AnyEvent] = TypeAdapter(AnyEvent)

KINDS: Final[Mapping[str, type[PartnershipEvent]]] = {
    str(kind.model_fields["event_type"].default): kind for kind in kinds_of(AnyEvent)
}
"""The class of each type of event."""

NEWEST_FORMS: Final[Mapping[str, int]] = {event_type: int(kind.schema_version) for event_type, kind in KINDS.items()}
"""The schema version that each type of event is written in now."""


def read_event(
    event_type: str,
    schema_version: int,
    payload: dict[str, Any],
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> AnyEvent:
    """Return the event of a stored payload, upcast to the newest schema version.

    Raises:
        UpgradeNeeded: A newer release recorded it.
        ValidationError: Its schema version is known, but its content is not valid.
    """
    lifted_to = [form + 1 for kind, form in upcasters if kind == event_type]
    if schema_version > max(NEWEST_FORMS.get(event_type, 0), *lifted_to, 0):
        raise UpgradeNeeded(
            f"{event_type} in form {schema_version} was recorded by a newer release of Accord; upgrade this one"
        )
    while (lift := upcasters.get((event_type, schema_version))) is not None:
        payload, schema_version = lift(payload), schema_version + 1
    return _ANY_EVENT.validate_python({**payload, "event_type": event_type}, context=RECORDED)


def read_event_bytes(
    event_type: str,
    schema_version: int,
    content: bytes,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> AnyEvent:
    """Return the event of stored bytes, upcast to the newest schema version.

    Bytes that the newest class reads as they are are parsed directly, which is faster for readers of the whole ledger.

    Raises:
        UpgradeNeeded: A newer release recorded it.
        ValueError: It cannot be read.
    """
    if _is_read_as_it_is(event_type, schema_version, upcasters):
        event: AnyEvent = KINDS[event_type].model_validate_json(content, context=RECORDED)  # type: ignore[assignment]
        return event
    return read_event(event_type, schema_version, parse_json_object(content), upcasters)


def _is_read_as_it_is(event_type: str, schema_version: int, upcasters: Mapping[tuple[str, int], Upcaster]) -> bool:
    """True if the newest class reads stored bytes of a form as they are."""
    newest = NEWEST_FORMS.get(event_type, 0)
    later = range(schema_version, newest)
    is_readable = schema_version <= newest and (event_type, newest) not in upcasters
    return is_readable and all(upcasters.get((event_type, form)) is _as_it_is for form in later)


def parse_json_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object in stored bytes, as a dict.

    Raises:
        ValueError: The bytes are not a JSON object.
    """
    fields = from_json(content)
    if not isinstance(fields, dict):
        raise ValueError("it is no JSON object")
    return fields


def event_payload(event: AnyEvent) -> dict[str, Any]:
    """Return an event's payload as it is stored, without the type and version, which have columns of their own."""
    return event.model_dump(mode="json", exclude={"event_type"})
