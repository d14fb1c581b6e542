"""Conditions of a rule that allows something: the act to do and to keep on file, and the step that it precedes."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Gate(StrEnum):
    """The step before which a condition must be met."""

    AGREEMENT = "AGREEMENT"
    PAYMENT = "PAYMENT"
    CLOSE = "CLOSE"


class ConditionId(StrEnum):
    """A condition that a rule may set."""

    CONTROL_AND_RECORDS = "CONTROL_AND_RECORDS"
    PRE_GRANT_INQUIRY = "PRE_GRANT_INQUIRY"
    WRITTEN_COMMITMENT = "WRITTEN_COMMITMENT"
    SEPARATE_FUND = "SEPARATE_FUND"
    CENTRAL_CONFIRMATION = "CENTRAL_CONFIRMATION"
    PUBLIC_PURPOSE_AGREEMENT = "PUBLIC_PURPOSE_AGREEMENT"
    CHARITABLE_COVENANT = "CHARITABLE_COVENANT"
    SPONSOR_FILE = "SPONSOR_FILE"
    REGRANT_COVENANT = "REGRANT_COVENANT"
    BENEFIT_FILE = "BENEFIT_FILE"
    RESTRICTED_FUND = "RESTRICTED_FUND"
    ACKNOWLEDGMENT = "ACKNOWLEDGMENT"
    DISCLOSURE = "DISCLOSURE"
    CONFLICT_MINUTES = "CONFLICT_MINUTES"
    PAPERS_READ = "PAPERS_READ"
    SUPPORT_STATEMENT = "SUPPORT_STATEMENT"
    OUT_OF_CORPUS = "OUT_OF_CORPUS"
    SANCTIONS_REPORT = "SANCTIONS_REPORT"
    SIGNATORY_NAMED = "SIGNATORY_NAMED"
    PEOPLE_NAMED = "PEOPLE_NAMED"
    GROUP_LETTER_RENEWED = "GROUP_LETTER_RENEWED"
    BARRIER_MET = "BARRIER_MET"
    ENHANCED_INQUIRY = "ENHANCED_INQUIRY"


class Condition(NamedTuple):
    """The requirement of a condition, and the step before which it must be met."""

    what: str
    before: Gate


NAMED: Final = frozenset({ConditionId.SIGNATORY_NAMED, ConditionId.PEOPLE_NAMED})
"""Conditions that no paper meets: somebody is named in the proposal, and a look at the registers has screened them."""


CONDITIONS: Final[dict[ConditionId, Condition]] = {
    ConditionId.CONTROL_AND_RECORDS: Condition(
        "file the Rev. Rul. 68-489 pack: control over the use of funds, records of exempt use", Gate.PAYMENT
    ),
    ConditionId.PRE_GRANT_INQUIRY: Condition(
        "file the pre-grant inquiry: identity, history, management, practices", Gate.AGREEMENT
    ),
    ConditionId.WRITTEN_COMMITMENT: Condition(
        "file the written commitment, signed by an officer, director or trustee of the grantee", Gate.PAYMENT
    ),
    ConditionId.SEPARATE_FUND: Condition(
        "file proof that the grantee keeps the money in a separate fund", Gate.PAYMENT
    ),
    ConditionId.CENTRAL_CONFIRMATION: Condition(
        "file the central organisation's confirmation that the subordinate is in its group", Gate.PAYMENT
    ),
    ConditionId.PUBLIC_PURPOSE_AGREEMENT: Condition(
        "file the public-purpose agreement with the government unit", Gate.PAYMENT
    ),
    ConditionId.CHARITABLE_COVENANT: Condition(
        "file the charitable-purpose covenant and the review of FCPA and conflicts of interest", Gate.PAYMENT
    ),
    ConditionId.SPONSOR_FILE: Condition(
        "file the sponsorship: board resolution, agreement, control over the use", Gate.PAYMENT
    ),
    ConditionId.REGRANT_COVENANT: Condition(
        "file the covenant that binds each sub-recipient to the same purposes", Gate.PAYMENT
    ),
    ConditionId.BENEFIT_FILE: Condition("file the private-benefit test", Gate.PAYMENT),
    ConditionId.RESTRICTED_FUND: Condition("book the gift to a restricted fund", Gate.CLOSE),
    ConditionId.ACKNOWLEDGMENT: Condition("send the contemporaneous written acknowledgment", Gate.CLOSE),
    ConditionId.DISCLOSURE: Condition("send the quid pro quo disclosure with an estimate in good faith", Gate.CLOSE),
    ConditionId.CONFLICT_MINUTES: Condition(
        "file the minutes of the decision without the recused, within 60 days", Gate.CLOSE
    ),
    ConditionId.PAPERS_READ: Condition(
        "read each paper that the proposal names, compare its digest, and sign that it proves what is said",
        Gate.AGREEMENT,
    ),
    ConditionId.SUPPORT_STATEMENT: Condition(
        "file the payee's statement, signed by an officer, that the grant will not cost it its public support, "
        "with its support of the last four years",
        Gate.PAYMENT,
    ),
    ConditionId.OUT_OF_CORPUS: Condition(
        "file the grantee's undertaking to spend as much out of corpus by the end of its next tax year, and to show it",
        Gate.PAYMENT,
    ),
    ConditionId.SANCTIONS_REPORT: Condition(
        "report the confirmed match to OFAC within ten business days (31 CFR 501.603, 501.604), and file the report",
        Gate.CLOSE,
    ),
    ConditionId.ENHANCED_INQUIRY: Condition(
        "file the inquiry into the payee at its place: who is behind it, its controls over money, and how the use of "
        "the grant will be seen",
        Gate.AGREEMENT,
    ),
    ConditionId.BARRIER_MET: Condition(
        "file the paper that shows that the barrier of the conditional grant is met, as a verifier", Gate.PAYMENT
    ),
    ConditionId.SIGNATORY_NAMED: Condition(
        "name who signs for the payee among its principals (SIGNATORY), so that they are screened", Gate.AGREEMENT
    ),
    ConditionId.PEOPLE_NAMED: Condition(
        "name who governs the payee (DIRECTOR), and who owns a quarter or more of it (OWNER, or nobody_owns), so that "
        "they are screened",
        Gate.PAYMENT,
    ),
    ConditionId.GROUP_LETTER_RENEWED: Condition(
        "file the central organisation's letter of 22 January 2027 or later, by which its group exemption letter "
        "complies with Rev. Proc. 2026-8",
        Gate.PAYMENT,
    ),
}

BY_A_VERIFIER: Final = frozenset({ConditionId.PAPERS_READ, ConditionId.BARRIER_MET})
"""Conditions that a verifier alone puts on file: a paper must be read and judged, and not only kept."""
