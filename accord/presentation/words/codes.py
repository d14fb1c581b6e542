"""The words for every code that a page shows: of roles, stages, kinds and states. Each has them here alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import Final

from accord.presentation.words.commands import without_shell
from accord.presentation.words.days import iso_day_in_words
from accord.presentation.words.labels import LABELS
from accord.presentation.words.values import country_in_words, listed
from domain.budgets.milestones import MilestoneState
from domain.budgets.terms import IndirectBase, LineKind
from domain.directory.tiers import Role
from domain.directory.watched import WatchKind
from domain.grants import CommunityKind, LicenceKind, NoPrivateBenefit, SponsorWording, UseOfFunds
from domain.parties import DocumentKind, PartyKind, PrincipalRole
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.partnership.people.taking_part import Part
from domain.partnership.proposal.amendment import Change
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.partnership.waiting.deadlines import Wait
from domain.payment.bank_answers import ExceptionKind, Resolution
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import MailLanguage, ReportKind
from domain.policy.conditions import ConditionId, Gate
from domain.policy.findings import Outcome
from domain.proposal import Direction, GiftKind
from domain.public_office import OfficeTie
from domain.screening.truths import TruthKind
from domain.submissions.kinds import DoorForm, SubmissionKind

CODES: Final[Mapping[type[Enum], Mapping[str, str]]] = {
    MailLanguage: {"en": "English", "es": "Spanish", "fr": "French"},
    Role: {
        "PROPOSER": "proposer",
        "PROGRAMME_APPROVER": "programme approver",
        "FINANCE_APPROVER": "finance approver",
        "VERIFIER": "verifier",
        "DIRECTOR": "director",
        "PAYER": "payer",
        "AUDITOR": "auditor",
        "COUNSEL": "counsel",
    },
    Stage: {
        "PROPOSED": "With its proposer",
        "DUE_DILIGENCE": "Being checked",
        "ELIGIBILITY": "To be looked at",
        "APPROVAL": "Approval",
        "AGREEMENT": "Agreement",
        "ACTIVE": "Under way",
        "CLOSED": "Closed",
        "DECLINED": "Declined",
        "WITHDRAWN": "Withdrawn",
        "TERMINATED": "Ended early",
    },
    LineKind: {"DIRECT": "direct cost", "INDIRECT": "indirect cost"},
    IndirectBase: {"DIRECT": "the direct cost", "GRANT": "the whole grant"},
    MilestoneState: {"DONE": "done", "LATE": "late", "DROPPED": "dropped"},
    TrancheState: {
        "PLANNED": "Later",
        "RELEASED": "Ready",
        "HANDED_OVER": "At the bank",
        "SETTLED": "Paid",
        "SHORT": "Paid in part",
        "REJECTED": "Refused by the bank",
        "RETURNED": "Came back",
        "WITHHELD": "Kept back",
        "CANCELLED": "Taken back",
    },
    TrancheOutcome: {
        "SETTLED": "was paid",
        "SHORT": "was paid in part",
        "REJECTED": "was refused by the bank",
        "RETURNED": "came back",
        "WITHHELD": "was kept back",
        "CANCELLED": "was taken back",
    },
    RecallAnswer: {
        "GRANTED": "grants",
        "REFUSED": "refuses",
        "IN_PART": "grants in part",
        "PENDING": "has not decided on",
    },
    ReportState: {
        "RECEIVED": "To be read",
        "ACCEPTED": "Accepted",
        "RETURNED": "Returned",
        "CORRECTED": "Replaced by another",
    },
    LetterKind: {
        "AWARD": "award letter",
        "AGREEMENT": "agreement",
        "DECLINE": "refusal",
        "QUESTIONS": "letter with a question",
        "REPORT_ACCEPTED": "letter that a report was accepted",
        "REPORT_RETURNED": "letter that a report was returned",
        "PAYMENT_ADVICE": "advice of a payment",
        "REMINDER": "reminder",
        "GIFT_ACKNOWLEDGEMENT": "acknowledgement of a gift",
        "DOCKET": "paper for the board",
        "SUMMARY": "summary",
    },
    DoorForm: {
        "REPORT": "a report",
        "CHANGE": "a change of what was agreed",
        "ACCEPTANCE": "the agreement, to accept it",
        "PAPERS": "papers for a condition",
        "QUESTION": "a question",
    },
    SubmissionKind: {
        "REPORT": "report",
        "CHANGE": "change that they ask for",
        "ACCEPTANCE": "acceptance of the agreement",
        "PAPERS": "papers",
        "QUESTION": "question or answer",
        "WITHDRAWAL": "withdrawal",
        "WRONG_PERSON": "word that they are the wrong person",
    },
    Addressee: {
        "PAYEE": "the payee",
        "PARTNER": "the partner",
        "DONOR": "the donor",
        "BOARD": "the board",
    },
    ReportKind: {"PROGRESS": "progress report", "FINANCIAL": "financial report", "FINAL": "final report"},
    Direction: {"FUNDS_OUT": "the money out", "FUNDS_IN": "the money in", "NON_MONETARY": "the work without money"},
    RefundDirection: {
        "FROM_GRANTEE": "the grantee paid it back",
        "TO_DONOR": "it went back to the donor",
        "TO_BLOCKED_ACCOUNT": "it went into a blocked account, since its donor is blocked",
    },
    PartyKind: {
        "NONPROFIT": "non-profit",
        "GOVERNMENT": "government body",
        "INTERNATIONAL_ORGANIZATION": "international organisation",
        "ACADEMIC": "academic institution",
        "CHURCH": "church",
        "PRIVATE_COMPANY": "company",
        "INDIVIDUAL": "person",
    },
    PrincipalRole: {"DIRECTOR": "governs it", "SIGNATORY": "signs for it", "OWNER": "owns a part of it"},
    OfficeTie: {
        "NONE": "none, neither theirs nor of anybody close",
        "HOLDER": "their own, now or before",
        "FAMILY": "of close family",
        "ASSOCIATE": "of somebody they are close to, socially or at work",
    },
    DocumentKind: {
        "GOVERNMENT_STATUS": "Letter on its status as a government body",
        "CHARITABLE_COVENANT": "Promise to use the money for charitable purposes only",
        "GROUP_CONFIRMATION": "Letter of the group's central organisation",
        "CHURCH_STATUS": "Evidence that it is a church",
        "TREATY_DESIGNATION": "Order that designates an international organisation",
        "DETERMINATION_LETTER": "Letter of the tax office on its exemption",
        "REGISTRATION": "Extract of a public register",
        "GOVERNING_INSTRUMENT": "Statutes or trust deed",
        "CHARITABLE_STATUS": "Notice of charitable status",
        "TREATY": "Treaty that made it",
        "EQUIVALENCY": "Advice that it equals a US public charity",
        "SUCCESSION": "Paper of the succession",
    },
    CommunityKind: {
        "RESIDENTS": "people who live there",
        "LEARNERS": "people who learn",
        "EDUCATORS": "people who teach",
        "LIBRARY_USERS": "people who use libraries",
        "NETWORK_OPERATORS": "people who run networks",
        "INTERNET_USERS": "people who use the Internet",
        "RESEARCHERS": "people who do research",
        "CIVIL_SOCIETY": "bodies of civil society",
        "PUBLIC_SERVICES": "public services",
        "OTHER": "another community",
    },
    UseOfFunds: {
        "PROGRAMME": "the programme itself",
        "EQUIPMENT": "equipment",
        "TRAINING": "training",
        "RELIGIOUS": "religious activity",
        "ENDOWMENT": "an endowment",
        "BUILDING": "a building",
        "LOBBYING": "lobbying",
        "ELECTION": "an election",
        "PRE_AWARD_COSTS": "costs from before the agreement",
        "TUITION": "tuition fees",
        "PERSONAL_GAIN": "somebody's own gain",
        "VOTER_EDUCATION": "teaching voters, for no party",
        "VOTER_REGISTRATION": "registering voters, for no party",
    },
    NoPrivateBenefit: {
        "OPEN_TO_ALL": "nobody private: it is open to all",
        "CHARITABLE_CLASS": "nobody private: only a charitable class benefits",
        "PUBLIC_BODY": "nobody private: only public bodies benefit",
    },
    SponsorWording: {
        "FISCAL_SPONSOR": "fiscal sponsor",
        "FISCAL_AGENT": "fiscal agent",
        "PASS_THROUGH": "body that passes the money through",
        "CONDUIT": "conduit of the money",
    },
    LicenceKind: {"GENERAL": "general licence, which is published", "SPECIFIC": "licence given to one applicant"},
    GiftKind: {"GIFT": "gift", "SPONSORSHIP": "sponsorship by a business"},
    ConditionId: {
        "CONTROL_AND_RECORDS": "Control over the money, and records of its use",
        "PRE_GRANT_INQUIRY": "Inquiry before the grant",
        "WRITTEN_COMMITMENT": "The grantee's written commitment",
        "SEPARATE_FUND": "A separate fund for the money",
        "CENTRAL_CONFIRMATION": "Confirmation by the central organisation",
        "PUBLIC_PURPOSE_AGREEMENT": "Agreement on the public purpose",
        "CHARITABLE_COVENANT": "Promise of charitable purposes",
        "SPONSOR_FILE": "Papers of the sponsorship",
        "REGRANT_COVENANT": "Promise of those whom the payee supports",
        "BENEFIT_FILE": "Test of private benefit",
        "RESTRICTED_FUND": "A restricted fund for the gift",
        "ACKNOWLEDGMENT": "Written thanks to the donor",
        "DISCLOSURE": "Note to the donor on what it gets in return",
        "CONFLICT_MINUTES": "Minutes of the decision without those who have an interest",
        "PAPERS_READ": "The papers are read",
        "SUPPORT_STATEMENT": "The payee's statement on its public support",
        "OUT_OF_CORPUS": "The grantee's promise to spend as much out of its capital",
        "SANCTIONS_REPORT": "Report to the sanctions office",
        "SIGNATORY_NAMED": "Who signs for the payee",
        "PEOPLE_NAMED": "Who governs and owns the payee",
        "GROUP_LETTER_RENEWED": "The new letter of the central organisation",
        "ENHANCED_INQUIRY": "The inquiry into a payee at a watched place",
        "BARRIER_MET": "The barrier is met",
    },
    WatchKind: {"CALL_FOR_ACTION": "call for action", "INCREASED_MONITORING": "increased monitoring"},
    Gate: {"AGREEMENT": "before the agreement", "PAYMENT": "before a payment", "CLOSE": "before it closes"},
    Outcome: {
        "PASS": "passes",
        "CONDITION": "allowed if",
        "REFER": "somebody must look",
        "FAIL": "not allowed",
    },
    Wait: {
        "ANSWER": "the proposer's answer",
        "CLEARANCE": "the verifier's look",
        "APPROVAL": "the approval",
        "AGREEMENT": "the signed agreement",
        "HOLD": "lifting the hold",
        "OBLIGATION": "what is owed",
    },
    Change: {
        "AMOUNT": "the sum",
        "PAYEE": "the payee",
        "PURPOSE": "the purpose",
        "FUNDER": "the funder",
        "FACTS": "facts that the rules look at",
        "GIFT": "the gift",
        "PERIOD": "the period",
        "REPORT": "a report that is due",
        "SCHEDULE": "the days of payment",
        "NAME": "a name",
        "TITLE": "the title",
        "UPDATE": "news of a party",
    },
    Part: {
        "PROPOSED": "the proposal",
        "CLEARED": "a clearance",
        "APPROVED": "an approval",
        "CALLED_BACK": "the call about the account",
        "SIGNED": "the signed agreement",
        "RELEASED": "a release",
        "FILED": "papers on file",
        "HELD": "a hold",
        "LIFTED": "a lifted hold",
        "REPORTED": "a report",
        "ACCEPTED": "an accepted report",
        "OTHER": "another act",
    },
    TruthKind: {
        "LOST_STATUS": "it lost its tax exemption or registration, or is about to",
        "FOR_PROFIT": "it is a company, or distributes what it earns",
        "INSIDER": "somebody of ours controls it, or gains by it",
        "SANCTIONS": "it, or who stands behind it, is on a sanctions list, or acts for somebody who is",
        "PLACE": "it works, banks or spends where it did not say",
        "USE": "the money goes to politics, lobbying or another use than the agreed one",
        "DIVERSION": "money was diverted or misused",
        "ACCOUNT": "the account is not its own, or is in doubt",
        "IDENTITY": "it merged, ended or has another name, or a person died",
        "ONE_PROJECT": "two partnerships carry out one project",
        "OTHER": "something else that whoever pays should know",
    },
    ExceptionKind: {
        "UNREADABLE": "it cannot be read",
        "UNKNOWN_PAYMENT": "it names a payment that nobody knows",
        "OTHER_CONTENT": "it differs from the payment that we sent",
        "IMPOSSIBLE_DAY": "its day cannot be",
        "WRONG_ACCOUNT": "it is about another account",
        "NOT_HANDED_OVER": "it is about a payment that never left us",
        "SECOND_BOOKING": "it books the payment a second time",
        "CONTRADICTION": "it contradicts what the bank said before",
        "PARTIAL_RETURN": "a part of the money came back",
        "LATE_RETURN": "the money came back after the end",
        "UNEXPECTED_RECEIPT": "money came in that nobody expects",
        "REJECTION_IN_DOUBT": "it is in doubt whether it refused the payment",
        "IDENTITY_USED_AGAIN": "it bears the number of another message",
        "PERHAPS_TOLD_BEFORE": "it may repeat what the bank said before",
    },
    Resolution: {
        "belongs-to": "it belongs to this payment",
        "told-before": "the bank had said so before",
        "returned-to-sender": "the money went back to its sender",
        "blocked-account": "the money lies in a blocked account",
        "bank-error": "the bank made a mistake",
        "ours": "it counts for no partnership",
        "nothing-booked": "the bank booked nothing",
        "booked-with-difference": "the bank booked it with a difference",
    },
}


def words_of(member: Enum) -> str:
    """Return the words for a code. One without words of its own, as of a table to come, is written plainly."""
    return CODES.get(type(member), {}).get(str(member.value)) or plainly(str(member.value))


def plainly(code: str) -> str:
    """Return a code without its capitals, underscores and hyphens."""
    return code.replace("_", " ").replace("-", " ").lower()


_WORDS: Final[Mapping[str, str]] = {
    **{code: words for table in CODES.values() for code, words in table.items() if "_" in code},
    "UNKNOWN": "of a class that nobody could establish",
}
REGISTER_WORDS: Final[Mapping[str, str]] = {
    "irs-bmf": "the IRS's list of exempt organisations",
    "irs-pub78": "the IRS's list of charities",
    "irs-revocation": "the IRS's list of revoked exemptions",
    "irs-990n": "the IRS's list of small organisations",
    "ofac-sdn": "the main US sanctions list",
    "ofac-consolidated": "the further US sanctions lists",
    "un-consolidated": "the UN's sanctions list",
    "eu-consolidated": "the European Union's sanctions list",
    "uk-sanctions": "the UK's sanctions list",
    "ecb-rates": "the ECB's reference rates",
}
"""The registers as sentences name them, by the names in the record."""
_BRACKETS: Final = re.compile(r"\s*\((?:[A-Z][A-Z0-9]*[_-][A-Z0-9_-]+|[A-Z]{4,})\)")
_SOURCES: Final = re.compile(
    r"\s*\([^)]*(?:ISO|ASU|Rev\. (?:Proc|Rul)|\brules\b|s\. [0-9]|U\.?S\.?C|CFR|org-id|\b[RC][0-9]{1,2}\b)[^)]*\)"
)
_PREFIX: Final = re.compile(r"^(?:[A-Z][A-Z0-9]*(?:[_-][A-Z0-9]+)+|UNKNOWN|INDIVIDUAL): ")
_CODE: Final = re.compile(r"\b(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|UNKNOWN)\b")
_REGISTER: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(REGISTER_WORDS)})(?![\w-])")
_DAY: Final = re.compile(r"(?<!write )(?<!such as )\b([0-9]{4})-([0-9]{2})-([0-9]{2})\b")
"""A day, but for one that says how to write days."""
_FIELD: Final = re.compile(r"`(?:[a-z_]+\.)*([a-z_]+)`")
_EIN: Final = re.compile(r"(?:\b([Aa])n )?(?<![\w-])EIN(?![\w-])")
_TAX_NUMBER: Final = re.compile(r"(?<=US tax number )([0-9]{2})([0-9]{7})\b")
_PLACES: Final = re.compile(r"\bis for ((?:[A-Z]{2}, )*[A-Z]{2}), and this is for ((?:[A-Z]{2}, )*[A-Z]{2})\b")
"""The places of a gift beside those of what it is to pay for."""
_TRANCHE: Final = re.compile(r"\b([Tt])ranche(s?)\b")
_SENTENCES_KEPT: Final = 256
"""Sentences that are kept in plain words: a list says the same few of its lines."""


def in_plain_words(text: str) -> str:
    """Return a sentence that was written for the record as pages say it: without codes, sources and commands."""
    return _DAY.sub(lambda day: iso_day_in_words(day.group()), _without_codes(text))


@lru_cache(_SENTENCES_KEPT)
def _without_codes(text: str) -> str:
    """Return a sentence without codes, sources and commands. Its days, of which the year may be left out, stay."""
    text = without_shell(_PREFIX.sub("", _SOURCES.sub("", _BRACKETS.sub("", text))))
    text = _CODE.sub(lambda code: _code_in_words(code.group()), text)
    text = _FIELD.sub(lambda field: f"“{LABELS.get(('', field.group(1))) or plainly(field.group(1))}”", text)
    text = _REGISTER.sub(lambda name: REGISTER_WORDS[name.group()], text)
    text = _EIN.sub(lambda term: f"{term[1]} US tax number" if term[1] else "US tax number", text)
    text = _TAX_NUMBER.sub(r"\1-\2", text)
    text = _PLACES.sub(lambda found: f"is for {_countries(found[1])}, and this is for {_countries(found[2])}", text)
    return _TRANCHE.sub(lambda word: ("P" if word.group(1) == "T" else "p") + f"ayment{word.group(2)}", text)


def _countries(codes: str) -> str:
    return listed([country_in_words(code) for code in codes.split(", ")])


_NAME_OF_ITS_OWN: Final = re.compile(r"[._@/]")


def _code_in_words(code: str) -> str:
    return _WORDS.get(code) or re.sub(r"^us ", "US ", plainly(code))


def as_sentence(text: str) -> str:
    """Return a text with a capital at its beginning, unless it begins with a file's name or an id."""
    first = text.partition(" ")[0].rstrip(".,:;")
    return text if _NAME_OF_ITS_OWN.search(first) else text[:1].upper() + text[1:]
