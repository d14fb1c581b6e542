"""Each type of event, with its effect on the book: what it moves, what later entries rest on, or why it moves nothing.

The book looks at the events of the first two alone, and makes an entry of the first alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

MOVES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ProposalRevised": "the proposal was revised",
        "ProposalAmended": "the proposal was amended",
        "EligibilityAssessed": "the rules were applied",
        "ConditionMet": "a barrier was met",
        "ReferralCleared": "a referral was cleared",
        "ApprovalGiven": "the grant was approved",
        "FundsAllotted": "the funds were allotted",
        "AgreementSigned": "the agreement was signed",
        "TrancheReleased": "an instalment was released",
        "PaymentCancelled": "a release was cancelled",
        "TrancheEnded": "a payment ended",
        "TranchePaidShort": "a part of a payment was booked",
        "RestGivenUp": "the rest of an instalment was given up",
        "RecoveryWaived": "the grantee keeps an overpayment",
        "ContradictionResolved": "an exception was resolved",
        "FundsReceived": "a gift came in",
        "RefundRecorded": "a refund was recorded",
        "RefundConfirmed": "a refund was confirmed",
        "RefundWithdrawn": "a refund was taken back",
        "ReportReceived": "a report arrived",
        "ReportAccepted": "a report was accepted",
        "ReportReturned": "a report was returned",
        "InformationRequested": "the approvals were withdrawn",
        "ReturnedForCure": "the approvals were withdrawn",
        "InterestDeclared": "an approval fell",
        "DecisionsFell": "an approval fell",
        "LegEnded": "the promise ended",
        "PartnershipDeclined": "the promise ended",
        "PartnershipWithdrawn": "the promise ended",
        "PartnershipTerminated": "the promise ended",
        "PartnershipReopened": "the partnership was opened again",
        "PartnershipClosed": "the partnership closed",
        "PaymentSettled": "the bank booked a payment",
        "GiftReceived": "money came into the fund",
        "GiftReversed": "money left the fund",
        "FundsReserved": "money was reserved",
        "ReservationMoved": "a reservation lapses on another day",
        "FundsCommitted": "money was committed",
        "FundsSpent": "money was spent",
        "PaymentCameBack": "a payment came back",
        "FundsFreed": "money was freed",
        "FundChangeConfirmed": "a change of the fund was signed",
        "MoneyMovedIn": "money came from another fund",
    }
)
"""The types of event that make an entry, if they change a sum of the book, with the words of that entry."""

_PLAN, _STAGE, _BANK, _FUND = "the plan", "the stage", "the bank's word on a payment", "the fund"

PREPARES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "PartnershipProposed": f"{_PLAN} of a grant or a gift that nobody approved: no promise yet",
        "DueDiligenceCompleted": f"{_STAGE}: before an approval",
        "RegistersRechecked": f"{_STAGE}: a recheck moves no money",
        "TrancheHandedOver": "the payment stays in transit",
        "TrancheNeverSent": "the payment stays in transit, or is released still",
        "BankContradicted": "what the bank said counts once people resolved it",
        "PaymentShort": f"{_BANK}: the partnership's own event counts what was booked",
        "PaymentReturned": f"{_BANK}: the partnership's own event ends the payment",
        "PaymentRejected": f"{_BANK}: no money moved, and the partnership's own event ends it",
        "ExceptionResolved": "the sum that was booked: the partnership's own event makes it count",
        "FundOpened": f"{_FUND} holds nothing yet",
        "GiftFundOpened": f"{_FUND} holds nothing yet",
        "FundChangeAsked": "it is in force once a second person signed it",
    }
)
"""The types of event that move nothing by themselves, and that later entries rest on, with the reason."""

_WAITS = "it tells people of a day"
_WORDS = "it is words"
_PAPERS = "it is about papers, not about money"
_FILES = "a file holds payments that are in transit already"
_PEOPLE = "it is about people and their rights"
_LISTS = "it is about lists and matches"
_FIRST = "its other signature makes it count"
_TOLD = "who hears of it is told, and no money moves"

MOVES_NOTHING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "SubrecipientsReported": "the payee's own grants are in the payee's book",
        "QuestionsCleared": _LISTS,
        "PaymentRecalled": "the payment stays where it is until its return is booked",
        "RecallHeard": "the payment stays where it is until its return is booked",
        "RecallAnswered": "the payment stays where it is until its return is booked",
        "RestAgreed": "the rest of an instalment is promised until it is paid",
        "DiversionReported": "what is owed back for it is income once it is paid back",
        "AssuranceRecorded": "money that is back is a refund, with its own event",
        "HoldPlaced": "a hold stops payments and ends no promise",
        "HoldLifted": "a hold stops payments and ends no promise",
        "HeldWithLead": "a hold stops payments and ends no promise",
        "FreedWithLead": "a hold stops payments and ends no promise",
        "DeadlineSet": _WAITS,
        "DeciderReminded": _WAITS,
        "DeadlineExtended": _WAITS,
        "DeadlineEscalated": _WAITS,
        "CommentMade": _WORDS,
        "PartnershipAssigned": _WORDS,
        "CommandRefused": "it changed nothing",
        "LetterIssued": _WORDS,
        "GranteeInvited": _WORDS,
        "InvitationEnded": _WORDS,
        "SubmissionReturned": _PAPERS,
        "TrancheReleasedForPayment": "the partnership's own event released it",
        "PaymentInstructed": "the payment is in transit already",
        "PaymentHandedOver": "the payment is in transit already",
        "PaymentNeverSent": "the payment is in transit still",
        "PaymentTakenBack": "the partnership's own event cancelled it",
        "PaymentWithheld": "the partnership's own event ends it",
        "PaymentAccepted": "the payment is in transit already",
        "PaymentUnanswered": "the payment is in transit still",
        "BankAnswerRefused": "it repeats what is known",
        "PaymentFileMade": _FILES,
        "HandOverAgreed": _FIRST,
        "PaymentFileHandedOver": _FILES,
        "PaymentFileVoided": _FILES,
        "WritingAgainAgreed": _FIRST,
        "PaymentFileWrittenAgain": _FILES,
        "NeverSentAgreed": _FIRST,
        "SheetTyped": "a booking alone says that what was typed was paid",
        "SheetCountersigned": "a booking alone says that what was typed was paid",
        "PaymentFileNeverSent": _FILES,
        "BankFileImported": "each of its bookings has an event of its own",
        "ExceptionRaised": "what the bank said counts once people resolved it",
        "ResolutionAgreed": _FIRST,
        "BookingCounted": "it names the booking of an event that moves the money",
        "BookingFreed": "it names the booking of an event that moves the money",
        "StaffRegistered": _PEOPLE,
        "StaffLeft": _PEOPLE,
        "FunderRegistered": "a funder's book begins with its first entry",
        "KeyEnrolled": _PEOPLE,
        "KeyRevoked": "what it signed falls with an event of each partnership",
        "RoleDelegated": _PEOPLE,
        "DelegationEnded": _PEOPLE,
        "HouseRulesSet": "the rules for the book are how it is written, and no entry",
        "EventSetAside": "the event that it is about counts for nothing, and the book is made without it",
        "EpochBegun": "the ledger goes on in another database",
        "LossAccepted": "what is lost is in no book, and people of finance account for it",
        "EndpointEnrolled": _TOLD,
        "EndpointRevoked": _TOLD,
        "ApiTokenEnrolled": "a token reads, and moves no money",
        "ApiTokenRevoked": "a token reads, and moves no money",
        "DirectoryFounded": _PEOPLE,
        "DirectoryChangeProposed": _FIRST,
        "DirectoryChangeConfirmed": _PEOPLE,
        "AccountRecorded": "an account of a payee, or of ours, and no money",
        "AccountConfirmed": "an account of a payee, or of ours, and no money",
        "MappingSigned": "how a bank's file is read, and no money",
        "BalanceRecorded": "a balance is compared with the book, and is no part of it",
        "ErasureApproved": _PEOPLE,
        "AccessLogSealed": "it is about looks",
        "MatchCleared": _LISTS,
        "GuardOverridden": _LISTS,
        "ReopeningAgreed": _FIRST,
        "PaymentsReopened": "what is paid after it has an event of its own",
        "TruthTold": _WORDS,
        "TruthDrawn": _WORDS,
        "TruthAnswered": _WORDS,
        "SourceConfirmed": _WORDS,
        "EditionAsked": _WORDS,
        "EditionConfirmed": _WORDS,
        "PaperErasureApproved": _PAPERS,
        "SubmissionsSealed": _PAPERS,
        "PeriodCloseAsked": _FIRST,
        "PeriodClosed": "a close keeps an export as it is, and the ledger goes on",
        "ImportSigned": "somebody signed what was before Accord, and no money of here",
        "ImportConfirmed": "another person confirmed what was before Accord",
        "PartnershipImported": "a claim of what was before Accord: it was paid in other books",
    }
)
"""The types of event that the book does not look at, each with the reason why it moves nothing."""

LOOKED_AT: Final = frozenset({*MOVES, *PREPARES})
"""The types of event that the book is made of."""
