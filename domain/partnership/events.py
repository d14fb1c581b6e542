"""The events of a partnership, in the past tense. They are stored for ever, and every later release reads them.

Each stands in the folder of its family of acts; here are all of them, and their union.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.partnership.acts import *
from domain.partnership.agreement.events import *
from domain.partnership.approval.events import *
from domain.partnership.diligence.events import *
from domain.partnership.diversion.events import *
from domain.partnership.ending.events import *
from domain.partnership.hold.events import *
from domain.partnership.interest.events import *
from domain.partnership.letter.events import *
from domain.partnership.payment.events import *
from domain.partnership.proposal.events import *
from domain.partnership.refund.events import *
from domain.partnership.remark.events import *
from domain.partnership.report.events import *
from domain.partnership.submission.events import *
from domain.partnership.waiting.events import *

Event = Annotated[
    ProposalEvent
    | DiligenceEvent
    | ApprovalEvent
    | AgreementSigned
    | PaymentEvent
    | RefundEvent
    | ReportEvent
    | DiversionEvent
    | HoldEvent
    | InterestEvent
    | EndingEvent
    | WaitingEvent
    | RemarkEvent
    | LetterIssued
    | SubmissionEvent,
    Field(discriminator="event_type"),
]

Events = tuple[Event, ...]
"""The consequences of a decision, all recorded together."""
