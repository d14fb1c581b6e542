"""Events stored years ago are read today: formats are pinned, and old payloads are lifted."""

from __future__ import annotations

import inspect
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from domain.books import events as books
from domain.directory import people, personal
from domain.directory.tiers import Role
from domain.editions import events as editions
from domain.errors import UpgradeNeeded
from domain.funds import events as f
from domain.grants import FundShare
from domain.identity import payment_id
from domain.imported import events as imported
from domain.organisation import access_log, counsel, paper_erasures
from domain.organisation.tokens import ApiToken, Scope
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.amendment import Change
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.waiting.deadlines import Wait, deadline_of
from domain.payment import account, bank_file, bookings, mapping, payment_file, reopening
from domain.payment.account import AccountStanding, standing_of
from domain.payment.bank_answers import BankAnswer, BankStatus, ExceptionKind, Resolution
from domain.payment.portal import sheets
from domain.payment.recalls import RecallAnswer
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
from domain.payment.tranche.order import PaidFor, ReliedOn, TrancheOrder
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction
from domain.recorded.further import KNOWN_BEFORE, form_of
from domain.recorded.proofs import content_of
from domain.recorded.schema import UPCASTERS, AnyEvent, event_payload, read_event, read_event_bytes
from domain.screening import clearance, guarding
from domain.screening.matches import MatchKind, SanctionsMatch
from domain.screening.truths import TruthKind
from domain.signatures.signing import LogEpoch, Shown, Statement, Terms
from domain.submissions import events as submissions
from domain.submissions.reference import SubmissionReference
from domain.truths import events as truths
from domain.values import Value
from domain.words import Words
from tests.builders import (
    ACCOUNT,
    DIGEST,
    HOUSE_RULES,
    NOON,
    abroad,
    as_before,
    as_given,
    complete_equivalency,
    funder,
    funding,
    funds_in,
    funds_out,
    master_file,
    member,
    money,
    number,
    paper,
    party,
    public_interest,
    publication_78,
    revocation,
    screening,
    source,
    status,
    verification,
    version,
)
from tests.domain.partnership.hands import key_of, signature_on

GOLDEN = Path(__file__).parent / "golden" / "events.json"
SINCE = GOLDEN.with_name("events_with_later_fields.json")
FORM_1 = GOLDEN.with_name("events_of_form_1.json")
BEFORE_SIGNATURES = GOLDEN.with_name("events_before_signatures.json")
"""What was stored before decisions were signed and approvals came from tiers."""

ABROAD = party("Réseau des écoles", country="SN", ein=None, also_known_as=("RdE",), papers=())
FULL = as_before(
    funds_out=funds_out(
        "1000.00",
        "0.10",
        payee=ABROAD,
        alignment="Carries out the purposes",
        equivalency={
            "practitioner": "ATTORNEY",
            "funder": "ISOC",
            "issued_on": "2026-01-01",
            "valid_until": "2027-12-31",
        },
        final_report=False,
    ),
    funds_in=funds_in(restricted_to="Training of teachers", conduit_to="A named club"),
    non_monetary={"funder": "ISOC", "activity": "A joint campaign"},
)
MATCH = SanctionsMatch(
    party="Zorvan Trading",
    listed_name="ZORVAN TRADING LLC",
    entity="12345",
    programme="SDGT",
    kind=MatchKind.NEAR,
    score=91.5,
    source=source("ofac-sdn"),
)
EVIDENCE = verification(
    status(
        master_file=master_file(revenue=None, filing=""),
        publication78=(publication_78("PC", "GROUP"),),
        revocations=(revocation("2019-05-15", "2019-08-01", "2019-05-15"),),
        name_agreement=87.5,
        names=(),
    ),
    screening(MATCH),
)
ASSESSMENT = Assessment(
    rule_book="2026.1",
    facts_sha256=DIGEST,
    findings=(
        Finding(
            rule_id="SANCTIONS",
            layer=Layer.REG,
            citation="31 CFR part 501",
            confirmed=False,
            leg=Direction.FUNDS_OUT,
            outcome=Outcome.REFER,
            reason="resembles",
        ),
    ),
)
ORDER = TrancheOrder(
    partnership_id="P-2026-0042",
    tranche=1,
    attempt=2,
    payment_id=payment_id("P-2026-0042", 1, 2),
    money=money(),
    funder=funder(),
    payee=party(),
    account=ACCOUNT,
    released_by="paul.nkosi",
    released_at=NOON,
    purpose="Training",
)
ANSWER = BankAnswer(
    answer_id=number("answer"),
    status=BankStatus.SETTLED,
    code="BOOK",
    reason="",
    money=money(),
    said_at=NOON,
    bank_reference="BANK-1",
    partnership_id="P-2026-0042",
    tranche=1,
    attempt=2,
)
FILE = "ACCM" + "A" * 26
KEPT = ANSWER.model_copy(
    update={"file_sha256": "ef" * 32, "booked_on": date(2026, 11, 3), "value_on": date(2026, 11, 4)}
)
TERMS = Terms(
    amount=money(),
    payee="Riverbend Library Network",
    funder="ISOC",
    purpose_sha256=DIGEST,
    account_sha256=ACCOUNT.sha256,
    determination_sha256=DIGEST,
    rule_book="2026.2",
)
STATEMENT = Statement(
    subject="P-2026-0042",
    act="approve",
    actor="pia.berg",
    at=NOON,
    command_id=number("signed"),
    content_sha256=DIGEST,
    shown=Shown(version=7, position=1234, terms=TERMS),
)
SIGNATURE = signature_on(STATEMENT)
IMPORT = {
    "file_sha256": DIGEST,
    "mapping": {
        "source": "grants-database",
        "first_reference": "P-2026-5001",
        "fields": {
            **{
                name: {"column": name} for name in ("key", "title", "partner", "country", "stage", "agreed", "currency")
            },
            "direction": {"constant": "FUNDS_OUT"},
            "funder": {"constant": "ISOC"},
        },
    },
    "totals": {"partnerships": 1, "agreed": {"USD": "50000.00"}},
    "records": (DIGEST,),
}
"""The order of an import of one partnership."""

BY = {"at": NOON, "actor": "pia.berg", "signature": SIGNATURE}
LEFT: dict[str, Any] = {
    "epoch": 2,
    "statements": ("ab" * 32,),
    "files": (reopening.FileThatLeft(message_id="ACCM1", sha256="cd" * 32, end_to_end_ids=("ACC1", "ACC2")),),
}
QUORUM = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR)
DELEGATION = people.Delegation(
    lender="femi.ade",
    borrower="vera.lind",
    role=Role.FINANCE_APPROVER,
    starts_on=date(2026, 12, 1),
    ends_on=date(2026, 12, 31),
)
RULES = HOUSE_RULES.model_copy(update={"tiers": HOUSE_RULES.tiers[:2]})
FACTS = (people.StaffLeft(staff_id="otto.audit"), people.KeyEnrolled(staff_id="pia.berg", key=key_of("pia.berg")))

WORDS = Words(
    of=number("truth"), what="Its exemption is revoked", source="its treasurer", paper="letter.pdf",
    names=("Riverbend Library Network",), ein="001000001", numbers=("GB-CHC 1234567",),
)  # fmt: skip

HANDED_IN = SubmissionReference(sha256=DIGEST, number=7, seal=4711, at=NOON)

TOKEN = ApiToken(
    token_id="T-D1D1D1D1D1D1", holder="audit-firm", scopes=(Scope.EVENTS,), sha256=DIGEST, last_day=date(2027, 6, 30)
)
EXAMPLES: list[Any] = [
    e.PartnershipProposed(**BY, proposal=FULL, funding=funding()),
    e.ProposalRevised(**BY, proposal=as_before(), funding=funding()),
    e.DueDiligenceCompleted(at=NOON, verification=EVIDENCE),
    e.EligibilityAssessed(at=NOON, assessment=ASSESSMENT, quorum=QUORUM),
    e.RegistersRechecked(at=NOON, verification=EVIDENCE, assessment=ASSESSMENT, adverse="revoked (REVOCATION)"),
    e.ReferralCleared(**BY, reason="Another person of that name", quorum=QUORUM),
    e.InformationRequested(**BY, question="Which villages?"),
    e.ApprovalGiven(**BY, role=Role.FINANCE_APPROVER, reason="Within budget", on_behalf_of="femi.ade", quorum=QUORUM),
    e.DeadlineSet(at=NOON, deadline=deadline_of(Wait.APPROVAL, NOON).model_copy(update={"calendar": ""})),
    e.DeciderReminded(at=NOON, wait=Wait.CLEARANCE),
    e.DeadlineEscalated(at=NOON, wait=Wait.AGREEMENT, due=NOON),
    e.AgreementSigned(
        **BY,
        signed_on=date(2026, 11, 2),
        document_sha256=DIGEST,
        account=ACCOUNT,
        account_verifier="noor.haddad",
        payable_from=NOON,
    ),
    e.TrancheReleased(**BY, tranche=1, attempt=2, money=money()),
    e.TrancheEnded(at=NOON, tranche=1, attempt=2, outcome=TrancheOutcome.RETURNED, reason="AC04 account closed"),
    e.FundsReceived(at=NOON, money=money("5000.00"), bank_reference="BANK-2"),
    e.ReportReceived(
        **BY,
        summary="Eleven courses were held",
        document_sha256=None,
        report_kind=ReportKind.FINANCIAL,
        planned=2,
        figures={"currency": "USD", "spent": "600.00", "unspent": "400.00", "returned": "0"},
        results=({"indicator": 1, "achieved": "240"}, {"indicator": 2, "words": "All schools take part"}),
        corrects=1,
    ),
    e.ReportAccepted(**BY, report=2, reason="It agrees with the books"),
    e.ReportReturned(**BY, report=1, reason="The second course is missing"),
    e.RefundWithdrawn(**BY, bank_reference="BANK-3", reason="1250.00, not 12500"),
    e.RefundConfirmed(**BY, bank_reference="BANK-3", reason="On the statement of 1 March"),
    e.RefundRecorded(
        **BY,
        direction=RefundDirection.FROM_GRANTEE,
        money=money("400.00"),
        booked_on=date(2027, 3, 1),
        bank_reference="BANK-3",
        reason="It was not spent",
        document_sha256=DIGEST,
    ),
    e.ConditionMet(**BY, condition=ConditionId.SEPARATE_FUND, note="A letter of the bank", document_sha256=DIGEST),
    e.InterestDeclared(**BY, interest={"person": "ana.silva", "what": "Her spouse is on the board"}),
    e.ProposalAmended(
        **BY,
        proposal=as_before(),
        funding=funding(),
        reason="A larger hall",
        changes=(Change.AMOUNT, Change.PURPOSE),
        quorum=QUORUM,
    ),
    e.SubrecipientsReported(**BY, subrecipients=({"party": party("Village Circle"), "purpose": "A reading room"},)),
    e.DiversionReported(**BY, what="A car was bought"),
    e.ReturnedForCure(at=NOON, what="revoked; what can be done: another payee", rules=("ELIG-REVOKED",)),
    e.QuestionsCleared(**BY, questions=("ELIG-NAME: EIN 1",), reason="Renamed", document_sha256=DIGEST),
    e.LegEnded(at=NOON, actor="accord", leg=Direction.FUNDS_IN, reason="a donor may not steer (GIFT-CONDUIT)"),
    e.DeadlineExtended(**BY, reason="The ministry answers in January"),
    e.AssuranceRecorded(**BY, what="The car was sold", document_sha256=DIGEST),
    e.HoldPlaced(at=NOON, actor="accord", reason="tranche 1 was returned"),
    e.HoldLifted(**BY, reason="Another account was named"),
    e.HeldWithLead(at=NOON, lead="P-2026-0040", reason="everything under the agreement of P-2026-0040 is on hold"),
    e.FreedWithLead(at=NOON, lead="P-2026-0040", holds=(18,)),
    e.PartnershipDeclined(at=NOON, actor="accord", reason="lapsed: not decided in time"),
    e.PartnershipWithdrawn(**BY, reason="Another funder was found"),
    e.PartnershipTerminated(**BY, reason="The grantee dissolved"),
    e.PartnershipClosed(at=NOON),
    e.PartnershipReopened(**BY, reason="The account is open again"),
    e.CommandRefused(at=NOON, actor="bank", attempted="receipt of USD 5.00", reason="no money is expected"),
    TrancheReleasedForPayment(at=NOON, order=ORDER),
    PaymentInstructed(at=NOON, payment_id=ORDER.payment_id, end_to_end_id="ACCX", instruction_sha256=DIGEST),
    PaymentWithheld(at=NOON, reason="revoked"),
    PaymentAccepted(at=NOON, answer=ANSWER),
    PaymentSettled(at=NOON, answer=ANSWER),
    PaymentRejected(at=NOON, answer=ANSWER),
    PaymentUnanswered(at=NOON),
    BankAnswerRefused(at=NOON, content=ANSWER.model_dump_json(), reason="the payment is settled"),
    clearance.MatchCleared(**BY, pair=DIGEST, partnership_id="P-2026-0042", reason="Born forty years later"),
    guarding.GuardOverridden(
        **BY,
        register_name="irs-bmf",
        version=7,
        sha256=DIGEST,
        refusal="60 rows, 40% fewer than the 100 in force; fetch the file again",
        reason="The IRS removed closed organisations, see its notice",
    ),
    people.StaffRegistered(
        member=member("pia.berg", Role.PROPOSER, Role.VERIFIER).model_copy(update={"limits": (ORDER.money,)})
    ),
    e.FundsAllotted(at=NOON, shares=(FundShare(fund="FD-2026-ISOC", amount=Decimal("1000.10")),)),
    account.BalanceRecorded(
        **BY, amount=Decimal("120000.50"), currency="USD", on=date(2026, 11, 26), statement="2026/229"
    ),
    f.FundOpened(
        **BY,
        fund_kind=f.FundKind.PROGRAMME,
        name="Libraries 2026",
        funder="ISOC",
        currency="USD",
        first_day=date(2026, 1, 1),
        last_day=date(2026, 12, 31),
        programme="Libraries",
    ),
    f.GiftFundOpened(at=NOON, gift="P-2026-0007", funder="ISOC", currency="USD"),
    *(one(at=NOON, partnership="P-2026-0007", amount=Decimal("5000.00")) for one in (f.GiftReceived, f.GiftReversed)),
    f.FundsReserved(at=NOON, partnership="P-2026-0042", amount=Decimal("1000.10"), until=NOON),
    f.ReservationMoved(at=NOON, partnership="P-2026-0042"),
    *(
        one(at=NOON, partnership="P-2026-0042", amount=Decimal("1000.10"))
        for one in (f.FundsCommitted, f.FundsSpent, f.PaymentCameBack)
    ),
    f.FundsFreed(at=NOON, partnership="P-2026-0042", reserved=Decimal("0.10"), committed=Decimal(1000)),
    f.MoneyMovedIn(at=NOON, from_fund="FD-2026-ISOC", amount=Decimal(10), change_id=number("change")),
    f.FundChangeAsked(**BY, change=f.Transfer(to="FD-2026-ISOC", amount=Decimal(10)), reason="As the board resolved"),
    f.FundChangeConfirmed(**BY, change_id=number("change")),
    people.FunderRegistered(funder=funder()),
    people.StaffLeft(staff_id="otto.audit"),
    people.KeyEnrolled(staff_id="pia.berg", key=key_of("pia.berg")),
    people.KeyRevoked(staff_id="pia.berg", key_id=key_of("pia.berg").key_id),
    people.RoleDelegated(delegation=DELEGATION),
    people.DelegationEnded(delegation=DELEGATION),
    people.HouseRulesSet(rules=RULES),
    people.DirectoryFounded(changes=FACTS),
    people.DirectoryChangeProposed(change_id=number("change"), changes=FACTS, signature=SIGNATURE),
    people.DirectoryChangeConfirmed(change_id=number("change"), signature=SIGNATURE),
    account.AccountRecorded(**BY, account=ACCOUNT),
    account.AccountConfirmed(**BY, sha256=ACCOUNT.sha256, note="Called the number on their site"),
    personal.ErasureApproved(**BY, person=number("person"), reason="She asked for it"),
    e.PaymentCancelled(**BY, tranche=1, attempt=2, reason="The invoice was withdrawn"),
    e.TrancheHandedOver(at=NOON, tranche=1, attempt=2, message_id=FILE),
    e.TrancheNeverSent(at=NOON, tranche=1, attempt=2, message_id=FILE),
    e.BankContradicted(
        at=NOON,
        exception_id=number("exception"),
        exception=ExceptionKind.SECOND_BOOKING,
        reason="USD 1,000.00 was booked a second time",
        answer=KEPT,
    ),
    e.ContradictionResolved(at=NOON, exception_id=number("exception"), resolution=Resolution.BELONGS_TO, answer=KEPT),
    e.DecisionsFell(at=NOON, person="femi.ade", fell=(Part.APPROVED, Part.FILED), reason="the key was in other hands"),
    PaymentHandedOver(at=NOON, message_id=FILE, file_sha256=DIGEST),
    PaymentNeverSent(at=NOON, message_id=FILE),
    PaymentTakenBack(at=NOON, reason="The invoice was withdrawn"),
    PaymentReturned(at=NOON, answer=KEPT),
    PaymentShort(at=NOON, answer=KEPT),
    e.TranchePaidShort(at=NOON, tranche=1, attempt=2, money=money("750.00"), reason="BOOK"),
    e.PaymentRecalled(
        **BY, tranche=1, attempt=2, reason="A wrong account", responsible="femi.ade", due=date(2026, 11, 17)
    ),
    e.RecallAnswered(
        **BY, tranche=1, attempt=2, answer=RecallAnswer.GRANTED, reason="Their letter", document_sha256=DIGEST,
        due=date(2026, 12, 1),
    ),
    e.RecallHeard(
        at=NOON, tranche=1, attempt=2, number=1, answer=RecallAnswer.IN_PART, code="PECR", reason="AM04",
        money=money("985.00"), answer_id=ORDER.payment_id, bank_reference="RESOLVED-1", said_at=NOON,
        file_sha256=DIGEST, due=date(2026, 12, 1),
    ),
    e.RestAgreed(**BY, tranche=1, remainder=money("250.00"), reason="The bank sent a part alone"),
    e.RestGivenUp(**BY, tranche=1, remainder=money("250.00"), reason="They need no more"),
    e.RecoveryWaived(**BY, money=money("250.00"), reason="The next grant is smaller"),
    payment_file.PaymentFileMade(
        **BY, payments=(ORDER.payment_id,), sha256=DIGEST, total=ORDER.money, execution_on=date(2026, 11, 3)
    ),
    payment_file.HandOverAgreed(**BY, sha256=DIGEST),
    payment_file.PaymentFileHandedOver(**BY, sha256=DIGEST),
    payment_file.PaymentFileVoided(at=NOON, reason="P-2026-0042 tranche 1, attempt 2: a person cancelled it"),
    payment_file.WritingAgainAgreed(**BY, sha256=DIGEST, in_doubt=("P-2026-0042 tranche 1, attempt 2: on hold",)),
    payment_file.PaymentFileWrittenAgain(**BY, sha256=DIGEST, in_doubt=("P-2026-0042 tranche 1, attempt 2: on hold",)),
    payment_file.NeverSentAgreed(**BY, sha256=DIGEST, word_sha256="ef" * 32),
    payment_file.PaymentFileNeverSent(**BY, sha256=DIGEST, word_sha256="ef" * 32),
    sheets.SheetTyped(**BY, sha256=DIGEST, confirmation="PT-2026-118204"),
    sheets.SheetCountersigned(**BY, sha256=DIGEST, confirmation="PT-2026-118204"),
    bookings.BookingCounted(
        at=NOON,
        claim=number("a claim"),
        counted_as=bookings.CountedAs.REFUND,
        partnership_id="P-2026-0042",
        money=money("1250.00"),
    ),
    bookings.BookingFreed(at=NOON, claim=number("a claim")),
    bank_file.BankFileImported(**BY, sha256=DIGEST, name="statement.xml"),
    bank_file.ExceptionRaised(
        at=NOON,
        exception=ExceptionKind.UNKNOWN_PAYMENT,
        reason="payment ACCX is not ours",
        content="SETTLED USD 1000.00 ACCX (BANK-1 1)",
        partnership_id="P-2026-0042",
        answer=KEPT,
        file_sha256=DIGEST,
    ),
    bank_file.ResolutionAgreed(
        **BY,
        resolution=Resolution.BELONGS_TO,
        partnership_id="P-2026-0042",
        tranche=1,
        attempt=2,
        note="Asked the bank",
    ),
    bank_file.ExceptionResolved(**BY, resolution=Resolution.BANK_ERROR, note="The bank took it back"),
    people.EpochBegun(
        log=LogEpoch(origin="ledger.example.org", epoch=2), position=4711, root=DIGEST, installation="7412/5/00000002"
    ),
    reopening.ReopeningAgreed(**BY, **LEFT),
    reopening.PaymentsReopened(**BY, **LEFT),
    people.LossAccepted(partnership_id="P-2026-0042", version=7, lost=("ApprovalGiven",)),
    people.EventSetAside(position=4711, leaf=DIGEST, freezes=("paul.nkosi",)),
    people.EndpointEnrolled(
        endpoint={
            "name": "general-ledger", "url": "https://books.example.org/hook", "hears": ("PaymentSettled", "fund"),
            "after": 40, "sha256": DIGEST, "last_day": "2027-06-30",
        },
    ),
    people.EndpointRevoked(endpoint_name="general-ledger", endpoint_sha256=DIGEST),
    people.ApiTokenEnrolled(token=TOKEN),
    people.ApiTokenRevoked(token_id=TOKEN.token_id),
    e.CommentMade(**BY, text="Their auditor writes in March"),
    e.GranteeInvited(
        **BY, form="REPORT", contact=1, about="2", note="Say what was bought", edition_sha256=DIGEST, language="es",
        until=date(2027, 3, 1),
    ),
    e.InvitationEnded(**BY, invitation=1, reason="She left the organisation"),
    e.SubmissionReturned(
        **BY, submission=HANDED_IN, reason="The figures lack May",
        questions=({"field": "budget", "question": "What was bought in May?"},),
    ),
    submissions.SubmissionsSealed(at=NOON, first=1, last=7, root=DIGEST),
    e.LetterIssued(
        **BY, letter="REPORT_RETURNED", about=1, note="The second course is missing", dated=date(2026, 11, 1),
        language="es", edition_name="report-returned", edition="2026.1", edition_sha256="e1" * 32,
        facts_sha256="f2" * 32, pdf_sha256="d3" * 32, code_sha256="c4" * 32, to="PAYEE",
    ),
    e.PartnershipAssigned(**BY, to="ana.silva"),
    access_log.AccessLogSealed(at=NOON, day=date(2026, 11, 1), last=4711, digest=DIGEST),
    truths.TruthTold(
        **BY, truth_kind=TruthKind.LOST_STATUS, since=date(2026, 10, 30), partnership_id="P-2026-0042",
        paper_sha256=DIGEST, words=WORDS,
    ),
    truths.TruthDrawn(
        at=NOON, teller="pia.berg", truth_kind=TruthKind.SANCTIONS, since=date(2026, 10, 30),
        words=Words(of=number("drawn"), what="It banks with a listed bank", person="Jane Roe"),
    ),
    counsel.SourceConfirmed(
        **BY, rule_id="SANCTIONS", citation="31 CFR part 501; E.O. 13224 as amended", edition="2026.5", stands=True,
        note="Read on 30 October",
    ),
    editions.EditionAsked(
        **BY, edition_kind="QUESTIONS", name="interim-report", edition="2026.2", sha256=DIGEST,
        starts_on=date(2027, 1, 1), reason="The board asked for it",
    ),
    editions.EditionConfirmed(
        **BY, edition_kind="QUESTIONS", name="interim-report", edition="2026.2", sha256=DIGEST,
        request_id=number("edition"),
    ),
    paper_erasures.PaperErasureApproved(
        **BY, sha256=DIGEST, named_in=("P-2026-0042",), reason="It was the wrong file"
    ),
    books.PeriodCloseAsked(
        **BY, last_day=date(2026, 10, 31), position=4711, form=1, sha256=DIGEST, reason="Reconciled with the statement",
        rules={"basis": "CASH", "accounts": [{"account": "BANK", "code": "1010", "name": "Operating account"}]},
    ),
    books.PeriodClosed(**BY, close_id=number("close")),
    mapping.MappingSigned(
        **BY,
        mapping={
            "columns": {"booked_on": "Date", "debit": "Out", "credit": "In", "balance": "Balance"}, "currency": "USD",
        },
    ),
    imported.ImportSigned(**BY, order=IMPORT),
    imported.ImportConfirmed(**BY, order_sha256=DIGEST),
    imported.PartnershipImported(
        at=NOON,
        order_sha256=DIGEST,
        record={
            "reference": "P-2026-5001", "source": "grants-database", "file_sha256": DIGEST, "sheet": "Grants",
            "rows": (2,),
            "partnership": {
                "key": "G-17", "title": "Digital skills for river libraries",
                "direction": "FUNDS_OUT", "funder": "ISOC",
                "partner": {"name": "Riverbend Library Network", "country": "US", "ein": "001000001"},
                "stage": "IN_FORCE", "agreed": {"amount": "50000.00", "currency": "USD"},
                "paid": ({"money": {"amount": "20000.00", "currency": "USD"}, "on": "2025-03-01"},),
                "tranches": ({"number": 1, "money": {"amount": "30000.00", "currency": "USD"}},),
                "unknown": ("approved_on",),
            },
        },
    ),
    truths.TruthAnswered(
        **BY, so=False, paper_sha256=DIGEST, words=Words(of=number("truth"), what="It is another body", paper="letter"),
    ),
]  # fmt: skip

LATER: list[Any] = [
    e.RefundRecorded(
        **BY,
        direction=RefundDirection.FROM_GRANTEE,
        money=money("400.00", "EUR"),
        booked_on=date(2027, 3, 1),
        bank_reference="BANK-3",
        booked=money("431.20"),
        reason="It was not spent",
        document_sha256=None,
    ),
    bank_file.BankFileImported(
        **BY, sha256=DIGEST, name="days.csv", read_as={"account": "BA-ABCDEFGHIJKL", "mapping": DIGEST}
    ),
    account.AccountConfirmed(
        **BY,
        sha256=ACCOUNT.sha256,
        note="Called their treasurer",
        number_from={"partnership": "P-2026-0042", "contact": 1},
    ),
    personal.ErasureApproved(
        **BY, person=number("person"), reason="She asked for it", events=({"position": 7, "leaf": DIGEST},)
    ),
    e.BankContradicted(
        at=NOON,
        exception_id=number("exception"),
        exception=ExceptionKind.UNREADABLE,
        reason="a gift taken back",
        taken_back=money("5000.00"),
    ),
    e.DeadlineSet(at=NOON, deadline=deadline_of(Wait.APPROVAL, NOON)),
    e.TrancheReleased(**BY, tranche=1, attempt=2, money=money(), attempt_signed=True),
    e.FundsReceived(at=NOON, money=money("5000.00"), bank_reference="BANK-2", answer=KEPT),
    TrancheReleasedForPayment(
        at=NOON,
        order=ORDER,
        paid_for=PaidFor(title="Digital skills", of=2, funds=("FD-2026",)),
    ),
    PaymentInstructed(
        at=NOON,
        payment_id=ORDER.payment_id,
        end_to_end_id="ACCX",
        instruction_sha256=DIGEST,
        relied_on=ReliedOn(versions=(version("ofac-sdn"),), assessment_sha256=DIGEST, rule_book="2026.2"),
    ),
    people.KeyRevoked(staff_id="pia.berg", key_id=key_of("pia.berg").key_id, compromised_since=NOON),
    people.HouseRulesSet(rules=RULES.model_copy(update={"second_at_hand_over": True})),
    e.AgreementSigned(
        **BY,
        signed_on=date(2026, 11, 2),
        document_sha256=DIGEST,
        account=ACCOUNT,
        quorum=(Role.DIRECTOR,),
        submission=HANDED_IN,
    ),
    e.CommentMade(**BY, text="They ask for a later day", submission=HANDED_IN),
    e.PartnershipWithdrawn(**BY, reason="They found other money", submission=HANDED_IN),
    e.ConditionMet(
        **BY,
        condition=ConditionId.CONTROL_AND_RECORDS,
        note="The pack is filed",
        document_sha256=DIGEST,
        submission=HANDED_IN,
    ),
    e.DeciderReminded(at=NOON, wait=Wait.OBLIGATION, obligation="REPORT 1 2027-06-30"),
    e.ProposalRevised(**BY, proposal=as_before(), funding=funding(), answer="Eleven, all along the river"),
    e.DeadlineEscalated(at=NOON, wait=Wait.OBLIGATION, due=NOON, obligation="REPORT 1 2027-06-30"),
]
"""Events with what they say since: older ones of the same type do not."""
DEEPER = frozenset({"HouseRulesSet", "DeadlineSet", "TrancheReleasedForPayment"})
"""Events that say it in a part of theirs."""


def types_in(union: Any) -> list[type[BaseModel]]:
    if isinstance(union, type):
        return [union] if issubclass(union, BaseModel) else []
    return [found for part in get_args(union) for found in types_in(part)]


TYPES: list[Any] = types_in(AnyEvent)


def named(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else type(value).__name__


def as_read(event_type: str, schema_version: int, stored: dict[str, Any]) -> Value:
    """A stored event. Two unions of all events would be compared by mypy kind by kind, which takes it seconds."""
    return read_event(event_type, schema_version, stored)


def test_every_type_of_event_has_exactly_one_example() -> None:
    assert sorted(map(named, EXAMPLES)) == sorted(map(named, TYPES))


@pytest.mark.parametrize("event", [*EXAMPLES, *LATER], ids=named)
def test_an_event_is_read_back_as_it_was_written(event: AnyEvent) -> None:
    stored = json.loads(json.dumps(event_payload(event)))
    assert as_read(event.event_type, event.schema_version, stored) == event


@pytest.mark.parametrize("event", EXAMPLES, ids=named)
def test_type_and_version_have_columns_of_their_own(event: AnyEvent) -> None:
    assert {"event_type", "schema_version"}.isdisjoint(event_payload(event))


def test_the_stored_format_is_the_golden_one() -> None:
    written = {event.event_type: event_payload(event) for event in EXAMPLES}
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        GOLDEN.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(GOLDEN.read_text(encoding="utf-8")) == written


@pytest.mark.parametrize("event", EXAMPLES, ids=named)
def test_the_golden_payload_still_means_what_it_meant(event: AnyEvent) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert as_read(event.event_type, event.schema_version, golden[event.event_type]) == event


@pytest.mark.parametrize("event", LATER, ids=named)
def test_what_an_event_says_since_is_not_stored_where_it_says_nothing(event: AnyEvent) -> None:
    """An event stored, signed and hashed before there was such a field stays as it was, byte for byte."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))[event.event_type]
    assert set(event_payload(event)) - set(golden) or event.event_type in DEEPER
    older = read_event(event.event_type, 1, golden)
    assert event_payload(older) == golden


def test_the_stored_format_of_what_events_say_since_is_the_golden_one() -> None:
    written = {event.event_type: event_payload(event) for event in LATER}
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        SINCE.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(SINCE.read_text(encoding="utf-8")) == written


PROVED = as_given(
    funds_out=funds_out(
        payee=abroad(region="KE-30", papers=[paper("REGISTRATION", number=None)]),
        equivalency=complete_equivalency(practitioner_name=None, credential=None, year_ended_on=None),
        places=[{"country": "KE", "region": "KE-30"}],
        licence={"kind": "SPECIFIC", "reference": "IA-2026-123", "facts": "Books only", "valid_from": "2026-01-01"},
        support={"total": money("240000.00"), "beside": "10.00"},
        requested=money("1500.00"),
    ),
    public_interest=public_interest(
        indicators=[{"number": 1, "what": "Teachers who were trained", "unit": "people", "baseline": 0, "target": 240}],
        sector="11130",
    ),
    partner=party(
        address={"lines": ["1 Mill Lane", "Riverbend"], "postcode": "97001"},
        numbers=[{"scheme": "US-EIN", "number": "001000001"}],
    ),
    period={"starts": "2026-12-01", "ends": "2028-11-30"},
    reports=[
        {"number": 1, "kind": "PROGRESS", "due_on": "2027-06-30"},
        {"number": 2, "kind": "FINAL", "days_after": 90, "after_tranche": 1},
    ],
    contacts=[{"name": "Ida Holm", "email": "ida.holm@library.example", "organization": "Riverbend Library Network"}],
    summary="Courses for the readers of eleven villages",
    withheld_for="The partner's work is not safe yet",
)
"""What a proposal may say since edition 2026.4: papers, places, a licence, its period, its reports, whom to ask."""


def test_what_proposals_and_evidence_say_since_edition_2026_4_is_the_golden_form() -> None:
    path = GOLDEN.with_name("proposals_with_later_fields.json")
    events = (
        e.PartnershipProposed(**BY, proposal=PROVED, funding=funding()),
        e.DueDiligenceCompleted(at=NOON, verification=verification(status())),
    )
    written = {event.event_type: event_payload(event) for event in events}
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        path.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert golden == written
    assert tuple(read_event(event.event_type, 1, golden[event.event_type]) for event in events) == events


def before_signatures() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(BEFORE_SIGNATURES.read_text(encoding="utf-8"))
    return content


@pytest.mark.parametrize("event_type", before_signatures())
def test_what_was_stored_before_decisions_were_signed_is_still_read(event_type: str) -> None:
    stored = before_signatures()[event_type]
    event = read_event(event_type, 1, stored)
    assert event.event_type == event_type
    assert _said_in(stored, event_payload(event)) == stored
    assert getattr(event, "signature", None) is None
    assert getattr(event, "quorum", None) is None


def _said_in(stored: Any, read: Any) -> Any:
    """The content as read, without the fields that did not exist when it was stored."""
    match stored:
        case dict():
            return {name: _said_in(value, read.get(name)) for name, value in stored.items()}
        case list():
            return [_said_in(*pair) for pair in zip(stored, read, strict=True)]
        case _:
            return read


def report_of_form_1(stored: dict[str, Any]) -> e.ReportReceived:
    read = read_event("ReportReceived", 1, stored)
    assert isinstance(read, e.ReportReceived)
    return read


def test_a_report_of_before_was_the_final_one() -> None:
    read = report_of_form_1(before_signatures()["ReportReceived"])
    assert (read.report_kind, read.accepted_at_once) == (ReportKind.FINAL, True)


def test_the_content_that_was_signed_of_a_report_of_form_1_is_found_in_its_stored_payload() -> None:
    stored = json.loads(FORM_1.read_text(encoding="utf-8"))["ReportReceived"]
    read = report_of_form_1(stored)
    assert (read.report_kind, read.accepted_at_once, read.actor) == (ReportKind.PROGRESS, True, stored["actor"])
    signed = {"summary": "Eleven courses were held", "document_sha256": None, "final": False}
    assert content_of(read, stored) == signed


def test_no_signature_covers_that_a_report_counted_at_once() -> None:
    """Whoever records a report of form 2 as one of form 1 would need a signature on `final`, which nobody gives."""
    [report] = (one for one in EXAMPLES if isinstance(one, e.ReportReceived))
    forged = report.model_copy(update={"accepted_at_once": True})
    assert content_of(forged) == {**content_of(report), "accepted_at_once": True}


@pytest.mark.parametrize(("final", "kind"), [(True, ReportKind.FINAL), (False, ReportKind.PROGRESS)])
def test_a_report_of_form_1_counted_at_once(final: bool, kind: ReportKind) -> None:
    stored = {**before_signatures()["ReportReceived"], "final": final}
    read = report_of_form_1(stored)
    assert (read.report_kind, read.accepted_at_once) == (kind, True)


def test_an_approval_of_before_was_nobodys_but_the_approvers_own() -> None:
    assert read_event("ApprovalGiven", 1, before_signatures()["ApprovalGiven"]).on_behalf_of == ""


def test_an_account_is_read_back_with_its_standing() -> None:
    recorded: Any = account.AccountRecorded(**{**BY, "actor": "vera.lind"}, account=ACCOUNT)
    stored = [recorded, *(one for one in EXAMPLES if isinstance(one, account.AccountConfirmed))]
    read = tuple(read_event(one.event_type, 1, event_payload(one)) for one in stored)
    called_back = {"confirmed_by": "pia.berg", "confirmed_at": NOON, "confirmations": 1}
    assert standing_of(read) == AccountStanding(account=ACCOUNT, recorded_by="vera.lind", **called_back)


@pytest.mark.parametrize("kind", TYPES, ids=named)
def test_an_event_says_what_it_means_and_carries_its_own_name(kind: type[BaseModel]) -> None:
    assert inspect.cleandoc(vars(kind)["__doc__"] or "")
    assert kind.model_fields["event_type"].default == kind.__name__


@pytest.mark.parametrize("kind", TYPES, ids=named)
def test_an_event_has_a_schema_version_that_is_not_stored_in_it(kind: Any) -> None:
    assert kind.schema_version >= 1
    assert "schema_version" not in kind.model_fields


SAYS_MORE = {
    "BankContradicted": "taken_back",
    "PaymentShort": "answer",
    "TranchePaidShort": "money",
    "ApiTokenEnrolled": "token",
    "ApiTokenRevoked": "token_id",
    "SheetTyped": "confirmation",
    "SheetCountersigned": "confirmation",
    "RestAgreed": "remainder",
    "RestGivenUp": "remainder",
    "RecoveryWaived": "money",
    "PaymentRecalled": "due",
    "RecallAnswered": "due",
    "RecallHeard": "due",
    "ProposalRevised": "answer",
    "TrancheReleasedForPayment": "paid_for",
    "EditionAsked": "edition",
    "EditionConfirmed": "edition",
    "LetterIssued": "letter",
    "AgreementSigned": "submission",
    "CommentMade": "submission",
    "ConditionMet": "submission",
    "PartnershipWithdrawn": "submission",
    "GranteeInvited": "form",
    "AccountConfirmed": "number_from",
    "RefundRecorded": "booked",
    "InvitationEnded": "invitation",
    "SubmissionReturned": "submission",
    "SubmissionsSealed": "root",
    "PaperErasureApproved": "sha256",
    "PeriodCloseAsked": "last_day",
    "PeriodClosed": "close_id",
    "BankFileImported": "read_as",
    "MappingSigned": "mapping",
    "ImportSigned": "order",
    "ImportConfirmed": "order_sha256",
    "PartnershipImported": "record",
    "EndpointEnrolled": "endpoint",
    "EndpointRevoked": "endpoint_name",
}
"""The fields of the examples that only a further form has."""


@pytest.mark.parametrize("event", [*EXAMPLES, *LATER], ids=named)
def test_an_event_is_written_in_the_oldest_form_that_says_all_of_it(event: Any) -> None:
    """So a release that knows that form alone reads it, and it is written again as the same bytes."""
    says_more = getattr(event, SAYS_MORE.get(event.event_type, ""), None) is not None
    assert form_of(event) == KNOWN_BEFORE.get(event.event_type, event.schema_version) + says_more
    content = json.dumps(event_payload(event)).encode()
    assert read_event_bytes(event.event_type, form_of(event), content) == event


def test_upcasters_lift_an_old_payload_through_every_version() -> None:
    table = {
        ("ReferralCleared", 1): lambda old: {"moment": old["when"], "who": old["who"], "why": old["why"]},
        ("ReferralCleared", 2): lambda old: {"at": old["moment"], "actor": old["who"], "because": old["why"]},
        ("ReferralCleared", 3): lambda old: {**{k: old[k] for k in ("at", "actor")}, "reason": old["because"]},
    }
    oldest = {"when": NOON.isoformat(), "who": "vera.lind", "why": "Another person"}
    expected = e.ReferralCleared(at=NOON, actor="vera.lind", reason="Another person")
    assert read_event("ReferralCleared", 1, oldest, table) == expected
    assert read_event("ReferralCleared", 4, event_payload(expected), table) == expected


def test_upcasters_begin_where_the_payload_stands() -> None:
    def never(_: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("a newer payload was lifted again")

    table = {("PartnershipWithdrawn", 1): never, ("PartnershipWithdrawn", 2): lambda old: {**old, "reason": "unknown"}}
    lifted = read_event("PartnershipWithdrawn", 2, {"at": NOON, "actor": "pia.berg"}, table)
    assert lifted.reason == "unknown"


def test_upcasters_of_one_event_do_not_touch_another() -> None:
    table = {("HoldPlaced", 1): lambda old: {}}
    assert read_event("PartnershipClosed", 1, {"at": NOON}, table) == e.PartnershipClosed(at=NOON)


def test_lifting_leaves_the_stored_payload_as_it_was() -> None:
    stored = {"at": NOON.isoformat(), "actor": "pia.berg"}
    table = {("PartnershipWithdrawn", 1): lambda old: {**old, "reason": "unknown"}}
    read_event("PartnershipWithdrawn", 1, stored, table)
    assert stored == {"at": NOON.isoformat(), "actor": "pia.berg"}


def test_every_upcaster_lifts_a_version_that_is_past() -> None:
    versions = {kind.__name__: kind.schema_version for kind in TYPES}
    assert all(version < versions[name] for name, version in UPCASTERS)
    assert all((name, old) in UPCASTERS for name, newest in versions.items() for old in range(1, newest))


@pytest.mark.parametrize(
    ("event_type", "payload"),
    [
        ("PartnershipClosed", {}),
        ("PartnershipClosed", {"at": NOON, "note": "unknown field"}),
        ("PartnershipClosed", {"at": "2026-11-02T12:00:00"}),
    ],
)
def test_what_is_no_event_is_not_read_as_one(event_type: str, payload: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read_event(event_type, 1, payload)


@pytest.mark.parametrize("event", [*EXAMPLES, *LATER], ids=named)
def test_stored_bytes_mean_what_their_fields_mean(event: AnyEvent) -> None:
    content = json.dumps(event_payload(event)).encode()
    read: Value = read_event_bytes(event.event_type, event.schema_version, content)
    assert read == event


@pytest.mark.parametrize("content", [b"", b"[]", b"1", b'{"at": ', b"\xff"])
@pytest.mark.parametrize("form", [0, 1])
def test_bytes_that_are_no_event_are_a_fault(content: bytes, form: int) -> None:
    with pytest.raises(ValueError):
        read_event_bytes("PartnershipClosed", form, content)


@pytest.mark.parametrize(("event_type", "form"), [("PartnershipCelebrated", 1), ("PartnershipClosed", 2)])
def test_what_a_newer_release_recorded_says_that_this_one_must_be_upgraded(event_type: str, form: int) -> None:
    with pytest.raises(UpgradeNeeded, match=f"{event_type} in form {form} .* upgrade this one"):
        read_event(event_type, form, {"at": NOON})
