"""The rule book as a whole: its editions, and the assessment of a proposal under one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple, TypeVar

from domain.directory.lists import ListRule
from domain.fault import Fault
from domain.grants import Interest
from domain.parties import FunderProfile, Party
from domain.policy.canonical import digest_under, order_of
from domain.policy.codes import RecipientClass
from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.facts import Facts, facts_of
from domain.policy.findings import Assessment, Finding, Outcome
from domain.policy.rule import Rule, apply
from domain.policy.rules import RULES
from domain.policy.rules.freshness import LAST_LOOK_AGES, LISTS_BY_ORGANISATION
from domain.policy.rules.payee.paths import TABLES, Path
from domain.policy.rules.sanctions import MANNERS, NEAR_FROM
from domain.proposal import Direction, Funding, Proposal
from domain.screening.evidence import Verification
from domain.screening.matches import NAMESAKES
from domain.screening.screened import who_is_screened
from domain.screening.sources import RegisterVersion, confirmed_since
from domain.values import Value

Parameter = TypeVar("Parameter")


class RuleBook(NamedTuple):
    """An edition of the rule book. Each decision names the edition it was taken under (R35)."""

    version: str
    rules: tuple[Rule, ...]
    paths: Mapping[RecipientClass, Mapping[FunderProfile, Path]] = MappingProxyType({})
    """By class of recipient and profile of funder: the outcome, its reason and its conditions (rules 2.4)."""
    near_from: float = 88.0
    """The score (0 to 100) from which a match is near, so that a second person must judge it (rules 2.9)."""
    oldest: Mapping[str, timedelta] = MappingProxyType({})
    """By register: the maximum age of a version on which something may be decided (R28, C38)."""
    lists_by_organisation: bool = False
    """True if the organisation's own rules say which lists bind it, and how old their last confirmation may be."""
    manner: int = 1
    """The manner in which the matcher reads and scores names."""

    def limits(self, rule: ListRule) -> Mapping[str, timedelta]:
        """Return the maximum age by register. A list that does not bind the organisation has none."""
        return {**self.oldest, **dict.fromkeys(rule.lists, rule.limit)} if self.lists_by_organisation else self.oldest

    def too_old(
        self,
        verification: Verification,
        on: date,
        rule: ListRule | None = None,
        in_force: Iterable[RegisterVersion] = (),
    ) -> tuple[str, ...]:
        """Return the register versions in the evidence that are too old on a day, each as `name of date`.

        A version that is in force still is as old as its newest confirmation, which may be newer than the evidence.
        `rule`: the organisation's rule on lists now; without it, that of the evidence.
        """
        limits, newest_by_version = self.limits(rule or verification.screening.rule), {v.version: v for v in in_force}
        versions = dict.fromkeys(version for evidence in verification.everything for version in evidence.asked)
        ages = ((v.register_name, confirmed_since(v, newest_by_version.get(v.version))) for v in versions)
        return tuple(
            f"{name} of {current_on}"
            for name, current_on in ages
            if (limit := limits.get(name)) and on - current_on > limit
        )


class _Inputs(Value):
    """Everything an assessment rests on, for its digest."""

    legs: tuple[Facts, ...]


RELEASED: Final = ("2026.2", "2026.3", "2026.4", "2026.5", "2026.6")
"""Every edition under which a decision was ever taken. Released editions never change; rules get new revisions."""


def edition(version: str) -> RuleBook:
    """Return the rule book of an edition: the newest revision of each rule and parameter that is not later than it."""
    revisions = (rule.under(version) for rule in RULES)
    return RuleBook(
        version,
        tuple(rule for rule in revisions if rule is not None),
        newest(TABLES, version),
        newest(NEAR_FROM, version),
        newest(LAST_LOOK_AGES, version),
        newest(LISTS_BY_ORGANISATION, version),
        newest(MANNERS, version),
    )


def newest(parameter: Mapping[str, Parameter], version: str) -> Parameter:
    """Return the value of a dated parameter under an edition.

    Raises:
        ValueError: The parameter was added after the edition.
    """
    since = max(
        (edition_name for edition_name in parameter if order_of(edition_name) <= order_of(version)), key=order_of
    )
    return parameter[since]


EDITIONS: Final = {version: edition(version) for version in RELEASED}

RULE_BOOK: Final = EDITIONS[RELEASED[-1]]
"""The edition in force."""


def assess(
    proposal: Proposal,
    funding: Funding,
    verification: Verification,
    interests: tuple[Interest, ...] = (),
    book: RuleBook = RULE_BOOK,
) -> Assessment:
    """Return the assessment of every leg by every rule of an edition. A rule that raises refers the case."""
    legs = facts_of(proposal, funding, verification, interests)
    return Assessment(
        rule_book=book.version,
        facts_sha256=digest_under(_Inputs(legs=legs), book.version),
        findings=_findings(legs, book),
    )


SCREENED_BESIDE_SINCE: Final = "2026.5"
"""The edition from which others than the parties and their principals are screened (rules 4.8)."""


def screened_under(version: str, proposal: Proposal, verification: Verification) -> tuple[Party, ...]:
    """Return every party that was to be screened under an edition."""
    wider = order_of(version) >= order_of(SCREENED_BESIDE_SINCE)
    return who_is_screened(proposal, verification) if wider else proposal.parties


def findings_under(
    proposal: Proposal,
    funding: Funding,
    verification: Verification,
    interests: tuple[Interest, ...],
    book: RuleBook,
) -> tuple[Finding, ...]:
    """Return only the findings under an edition, without the digest of the facts."""
    return _findings(facts_of(proposal, funding, verification, interests), book)


def _findings(legs: tuple[Facts, ...], book: RuleBook) -> tuple[Finding, ...]:
    edition_facts = [facts.model_copy(update={"edition": book.version}) for facts in legs]
    findings = (apply(rule, facts) for facts in edition_facts for rule in book.rules)
    return tuple(finding for finding in findings if finding is not None)


def adverse_in(assessment: Assessment, cleared_keys: tuple[str, ...], leg: Direction | None = None) -> Fault | None:
    """Return the objections of a later assessment to a leg, or to any, or None (R38).

    Every failure forbids it, and every referral that is not in `cleared_keys`, the keys of the referrals that a
    verifier cleared. A namesake stops nobody but themselves, once others have decided.
    """
    findings = [finding for finding in adverse_findings(assessment, cleared_keys) if leg in {None, finding.leg}]
    return Fault(adverse_words(findings)) if findings else None


def adverse_words(findings: Iterable[Finding]) -> str:
    """Return the objections of findings to a partnership, each with its rule."""
    return "; ".join(f"{finding.reason} ({finding.rule_id})" for finding in findings)


def adverse_legs(assessment: Assessment, cleared_keys: tuple[str, ...]) -> tuple[Direction, ...]:
    """Return the legs that the reasons of `adverse_in` are about, each once."""
    return tuple(dict.fromkeys(finding.leg for finding in adverse_findings(assessment, cleared_keys)))


def adverse_findings(assessment: Assessment, cleared_keys: tuple[str, ...]) -> list[Finding]:
    """Return the failures, and the referrals that nobody cleared, but for namesakes."""
    referrals = (f for f in assessment.with_outcome(Outcome.REFER) if f.rule_id != NAMESAKES)
    open_referrals = [f for f in referrals if not set(f.keys) <= set(cleared_keys)]
    return [*assessment.with_outcome(Outcome.FAIL), *open_referrals]


def against_payment(
    assessment: Assessment, cleared_keys: tuple[str, ...], met_conditions: tuple[ConditionId, ...]
) -> Fault | None:
    """Return the reason why a released payment must be withheld now, or None if it may be made (R38).

    What is said of another leg alone, such as of a gift beside it, does not withhold it (R1).

    A condition that must be met before the payment, and is not in `met_conditions`, also withholds it: a grantee that
    was reclassified since the approval, for example, is paid only under expenditure responsibility.
    """
    before = {Gate.AGREEMENT, Gate.PAYMENT}
    open_conditions = (
        condition
        for condition in assessment.conditions
        if CONDITIONS[condition].before in before and condition not in met_conditions
    )
    papers = ", ".join(open_conditions)
    return adverse_in(assessment, cleared_keys, Direction.FUNDS_OUT) or (
        Fault(f"not on file: {papers}") if papers else None
    )
