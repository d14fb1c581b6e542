"""Writers: the types of event that each task may append, and the kinds of stream that it may append them to.

The database enforces the same list, row by row (`deploy/rights.py`), so that a stolen login can append only what its
own task may append.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.books.events import BookEvent
from domain.directory.people import DirectoryChangeConfirmed, DirectoryChangeProposed, DirectoryFounded
from domain.directory.personal import ErasureApproved
from domain.editions.events import EditionEvent
from domain.funds.events import AnyFundEvent, GiftFundOpened, Movement, ReservationMoved
from domain.imported.events import ImportAct, PartnershipImported
from domain.organisation.access_log import AccessLogSealed
from domain.organisation.counsel import SourceConfirmed
from domain.organisation.paper_erasures import PaperErasureApproved
from domain.partnership import events as e
from domain.payment.account import AccountEvent
from domain.payment.bank_file import BankFileImported, ExceptionRaised, ExceptionResolved, ResolutionAgreed
from domain.payment.bookings import BookingCounted, BookingEvent
from domain.payment.mapping import MappingSigned
from domain.payment.payment_file import PaymentFileEvent
from domain.payment.reopening import ReopeningEvent
from domain.payment.tranche.events import (
    BankAnswerRefused,
    PaymentAccepted,
    PaymentHandedOver,
    PaymentInstructed,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    PaymentTakenBack,
    PaymentUnanswered,
    PaymentWithheld,
    TrancheReleasedForPayment,
)
from domain.screening.clearance import MatchCleared
from domain.screening.guarding import GuardOverridden
from domain.streams import StreamKind
from domain.submissions.events import SubmissionsSealed
from domain.truths.events import TruthEvent, TruthTold
from domain.unions import event_types


class Writer(StrEnum):
    """A task that appends to the ledger."""

    WORKER = "worker"
    """Runs the workflows: decisions in partnerships, acts of the organisation, and attempts to pay."""
    STAFF = "staff"
    """The staff's shell. It appends nothing but the founding of the directory, which the operator does."""
    EXPORTER = "exporter"
    """Makes payment files and hands them over."""
    IMPORTER = "importer"
    """Imports the bank's files and records the resolutions of exceptions."""
    EMERGENCY = "emergency"
    """Places holds, cancels payments, tells truths and changes the directory while Temporal is down."""


_AT_THE_COUNTER: Final = (
    e.TrancheHandedOver, e.TrancheNeverSent, e.FundsReceived, e.BankContradicted, e.ContradictionResolved, e.RecallHeard
)  # fmt: skip
"""Events on hand-overs to the bank and on its messages, which a workflow may never append."""

MAY_APPEND: Final[Mapping[Writer, Mapping[StreamKind, frozenset[str]]]] = MappingProxyType(
    {
        Writer.WORKER: {
            StreamKind.PARTNERSHIP: event_types(e.Event) - event_types(*_AT_THE_COUNTER),
            StreamKind.ATTEMPT: event_types(
                TrancheReleasedForPayment, PaymentInstructed, PaymentWithheld, PaymentTakenBack,
                PaymentUnanswered,
            ),
            StreamKind.DIRECTORY: event_types(DirectoryChangeProposed, DirectoryChangeConfirmed),
            StreamKind.ACCOUNT: event_types(AccountEvent, MappingSigned),
            StreamKind.CLEARANCE: event_types(MatchCleared),
            StreamKind.PRIVACY: event_types(ErasureApproved),
            StreamKind.REGISTER: event_types(GuardOverridden),
            StreamKind.FUND: event_types(AnyFundEvent),
            StreamKind.BOOKING: event_types(BookingEvent),
            StreamKind.ACCESS_LOG: event_types(AccessLogSealed),
            StreamKind.TRUTHS: event_types(TruthEvent),
            StreamKind.RULE_BOOK: event_types(SourceConfirmed),
            StreamKind.EDITION: event_types(EditionEvent),
            StreamKind.PAPERS: event_types(PaperErasureApproved),
            StreamKind.SUBMISSIONS: event_types(SubmissionsSealed),
            StreamKind.BOOKS: event_types(BookEvent),
            StreamKind.IMPORT: event_types(ImportAct),
            StreamKind.IMPORTED: event_types(PartnershipImported),
        },
        Writer.STAFF: {StreamKind.DIRECTORY: event_types(DirectoryFounded)},
        Writer.EXPORTER: {
            StreamKind.PAYMENT_FILE: event_types(PaymentFileEvent),
            StreamKind.PARTNERSHIP: event_types(e.TrancheHandedOver, e.TrancheNeverSent),
            StreamKind.ATTEMPT: event_types(PaymentHandedOver, PaymentNeverSent),
            StreamKind.BANK_FILE: event_types(BankFileImported),
            StreamKind.REOPENING: event_types(ReopeningEvent),
        },
        Writer.IMPORTER: {
            StreamKind.BANK_FILE: event_types(BankFileImported),
            StreamKind.EXCEPTION: event_types(ExceptionRaised, ResolutionAgreed, ExceptionResolved),
            StreamKind.PARTNERSHIP: event_types(
                e.TrancheEnded, e.TranchePaidShort, e.FundsReceived, e.BankContradicted, e.ContradictionResolved,
                e.HoldPlaced, e.CommandRefused, e.PartnershipClosed, e.RecallHeard,
            ),
            StreamKind.ATTEMPT: event_types(
                PaymentAccepted, PaymentSettled, PaymentShort, PaymentRejected, PaymentReturned,
                BankAnswerRefused,
            ),
            StreamKind.FUND: event_types(GiftFundOpened, Movement),
            StreamKind.BOOKING: event_types(BookingCounted),
        },
        Writer.EMERGENCY: {
            StreamKind.DIRECTORY: event_types(DirectoryChangeProposed, DirectoryChangeConfirmed),
            StreamKind.PARTNERSHIP: event_types(e.HoldPlaced, e.PaymentCancelled),
            StreamKind.FUND: event_types(ReservationMoved),
            StreamKind.TRUTHS: event_types(TruthTold),
        },
    }
)  # fmt: skip


def may_append(writer: Writer, stream_id: str, event_type: str) -> bool:
    """True if a task may append an event of a type to a stream."""
    kinds = MAY_APPEND[writer].items()
    return any(event_type in types and re.search(kind, stream_id) is not None for kind, types in kinds)
