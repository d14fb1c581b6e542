"""Commands of people, of the workflow and of the bank's counter. A command may be refused, unlike an event.

Each stands in the folder of its family of acts; here are all of them, and the unions.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypeAliasType

from domain.partnership.acts import *
from domain.partnership.agreement.commands import *
from domain.partnership.approval.commands import *
from domain.partnership.diligence.commands import *
from domain.partnership.diversion.commands import *
from domain.partnership.ending.commands import *
from domain.partnership.hold.commands import *
from domain.partnership.interest.commands import *
from domain.partnership.letter.commands import *
from domain.partnership.payment.commands import *
from domain.partnership.proposal.commands import *
from domain.partnership.refund.commands import *
from domain.partnership.remark.commands import *
from domain.partnership.report.commands import *
from domain.partnership.submission.commands import *
from domain.partnership.waiting.commands import *

StaffRequest = Annotated[
    ProposalRequest
    | DiligenceRequest
    | Approve
    | SignAgreement
    | PaymentRequest
    | RecallRequest
    | RefundRequest
    | ReportRequest
    | DiversionRequest
    | HoldRequest
    | DeclareInterest
    | EndingRequest
    | RemarkRequest
    | IssueLetter
    | SubmissionRequest
    | ExtendDeadline,
    Field(discriminator="kind"),
]
"""Every command that a person may give to a partnership. Nothing else is accepted from outside."""

GivenCommand = TypeAliasType("GivenCommand", StaffRequest)
"""The same, for handlers. Of an annotation the SDK drops what `Annotated` adds, and each of 28 kinds would be tried."""

_STAFF_REQUEST: TypeAdapter[StaffRequest] = TypeAdapter(StaffRequest)


WorkflowCommand = DiligenceRecord | PassDeadline | RecordTrancheOutcome | RecordFallen | Refuse
"""Every command of the workflow itself. Never accepted from outside."""

AnyCommand = StaffRequest | WorkflowCommand | CounterCommand


def parse_staff_request(payload: Any) -> StaffRequest | str:
    """Return the command in a payload, which may be JSON text, or one line that describes its faults."""
    try:
        return _STAFF_REQUEST.validate_python(payload) if not isinstance(payload, str) else _from_text(payload)
    except ValidationError as fault:
        return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'command'}: {e['msg']}" for e in fault.errors()[:5])


def _from_text(payload: str) -> StaffRequest:
    return _STAFF_REQUEST.validate_json(payload)
