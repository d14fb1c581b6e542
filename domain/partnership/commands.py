"""Commands of people, of the workflow and of the bank's counter. A command may be refused, unlike an event.

Each stands in the folder of its family of acts; here are all of them, and the unions.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypeAliasType

from domain.partnership.acts import Command, StaffCommand
from domain.partnership.agreement.commands import SignAgreement
from domain.partnership.approval.commands import Approve
from domain.partnership.diligence.commands import (
    ClearQuestions,
    RecordAssessment,
    RecordRecheck,
    RecordVerification,
    Satisfy,
)
from domain.partnership.diversion.commands import RecordAssurance, ReportDiversion
from domain.partnership.ending.commands import Decline, EndLeg, Reopen, Terminate, Withdraw
from domain.partnership.hold.commands import HoldNumbers, LiftHold, PlaceHold
from domain.partnership.interest.commands import DeclareInterest, RecordFallen
from domain.partnership.payment.commands import (
    CancelPayment,
    CounterCommand,
    RecordContradiction,
    RecordHandOver,
    RecordNeverSent,
    RecordReceipt,
    RecordResolution,
    RecordTrancheOutcome,
    Release,
    TrancheNumber,
)
from domain.partnership.proposal.commands import Amend, Propose, ReportSubrecipients, ReturnForInformation
from domain.partnership.refund.commands import ConfirmRefund, RecordRefund, WithdrawRefund
from domain.partnership.remark.commands import Assign, Comment, Refuse
from domain.partnership.report.commands import AcceptReport, Report, ReturnReport
from domain.partnership.waiting.commands import ExtendDeadline, PassDeadline

__all__ = [
    "AcceptReport", "Amend", "AnyCommand", "Approve", "Assign", "CancelPayment", "ClearQuestions", "Command",
    "Comment", "ConfirmRefund", "CounterCommand", "DeclareInterest", "Decline", "EndLeg", "ExtendDeadline",
    "GivenCommand", "HoldNumbers", "LiftHold", "PassDeadline", "PlaceHold", "Propose", "RecordAssessment",
    "RecordAssurance", "RecordContradiction", "RecordFallen", "RecordHandOver", "RecordNeverSent", "RecordReceipt",
    "RecordRecheck", "RecordRefund", "RecordResolution", "RecordTrancheOutcome", "RecordVerification", "Refuse",
    "Release", "Reopen", "Report", "ReportDiversion", "ReportSubrecipients", "ReturnForInformation", "ReturnReport",
    "Satisfy", "SignAgreement", "StaffCommand", "StaffRequest", "Terminate", "TrancheNumber", "Withdraw",
    "WithdrawRefund", "WorkflowCommand", "parse_staff_request",
]  # fmt: skip

StaffRequest = Annotated[
    Propose
    | Approve
    | ClearQuestions
    | Decline
    | ReturnForInformation
    | ExtendDeadline
    | Withdraw
    | SignAgreement
    | Release
    | CancelPayment
    | Report
    | AcceptReport
    | ReturnReport
    | RecordRefund
    | ConfirmRefund
    | WithdrawRefund
    | PlaceHold
    | LiftHold
    | Satisfy
    | DeclareInterest
    | Comment
    | Assign
    | Amend
    | ReportSubrecipients
    | ReportDiversion
    | RecordAssurance
    | EndLeg
    | Reopen
    | Terminate,
    Field(discriminator="kind"),
]
"""Every command that a person may give to a partnership. Nothing else is accepted from outside."""

GivenCommand = TypeAliasType("GivenCommand", StaffRequest)
"""The same, for handlers. Of an annotation the SDK drops what `Annotated` adds, and each of 28 kinds would be tried."""

_STAFF_REQUEST: TypeAdapter[StaffRequest] = TypeAdapter(StaffRequest)


WorkflowCommand = (
    RecordVerification | RecordAssessment | RecordRecheck | PassDeadline | RecordTrancheOutcome | RecordFallen | Refuse
)
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
