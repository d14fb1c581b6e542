"""The words in which the rule book is specified: a leg as proposed and found, judged under an edition and a profile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from domain.parties import FunderProfile, Party
from domain.policy.canonical import order_of
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.policy.rulebook import EDITIONS, RuleBook, assess
from domain.proposal import Direction, Funding
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence
from tests.builders import (
    CHARITY,
    DIGEST,
    LISTS,
    PRIVATE,
    SUPPORTING,
    as_given,
    funding,
    funds_in,
    funds_out,
    joint,
    master_file,
    moment,
    publication_78,
    screening,
    status,
    version,
)
from tests.domain.policy.answers import answered

BOOK = EDITIONS["2026.2"]
"""The edition that is meant where none is named; `under` sets another."""
PROFILES = {"P": CHARITY, "F": SUPPORTING, "X": PRIVATE}
PASS, CONDITION, REFER, FAIL = Outcome
ALIGNED = "Carries out the purposes of the supported organisation"
ISOC = "ISOC"
REGISTERS = ("irs-bmf", "irs-pub78", "irs-revocation")

NOWHERE = status(master_file=None, name_agreement=0.0)
"""What the registers say of an EIN that none of them lists."""


@contextmanager
def under(edition: str) -> Iterator[None]:
    """Judge under this edition, unless a test names another."""
    global BOOK
    before, BOOK = BOOK, EDITIONS[edition]
    try:
        yield
    finally:
        BOOK = before


def bmf(**codes: str) -> StatusEvidence:
    """Listed in the master file only."""
    return status(master_file=master_file(**codes))


def pub78(*codes: str) -> StatusEvidence:
    """Listed in Publication 78 only."""
    return status(master_file=None, publication78=(publication_78(*codes),))


def both(codes: tuple[str, ...], **fields: str) -> StatusEvidence:
    """Listed in both registers."""
    return status(master_file=master_file(**fields), publication78=(publication_78(*codes),))


def screened_on(day: str | date, *matches: Any) -> ScreeningEvidence:
    """Screened on a day, with the lists of that day."""
    at = moment(day)
    asked = tuple(version(one.register_name, at.date()) for one in LISTS)
    return screening(*matches).model_copy(update={"asked_at": at, "asked": asked})


def registers_of(day: date, **others: date) -> tuple[RegisterVersion, ...]:
    """Every register of a status, of a day. The day of one may be another: irs_bmf=..."""
    return tuple(version(name, others.get(name.replace("-", "_"), day)) for name in REGISTERS)


def found_on(day: str | date, **more: Any) -> StatusEvidence:
    """Looked up on a day, in the registers of that day."""
    at = moment(day)
    return status(asked_at=at, asked=registers_of(at.date()), **more)


def judged(
    content: dict[str, Any],
    profile: FunderProfile,
    seen: Verification,
    book: RuleBook | None = None,
    interests: Any = (),
    of: Funding | None = None,
) -> Assessment:
    """The rule book's word on a proposal. The questions of edition 2026.5 beside its words are answered well."""
    under_book, made = book or BOOK, as_given(**content)
    answers = answered(made) if order_of(under_book.version) >= order_of("2026.5") else made
    return assess(answers, of or funding(profile), seen, interests, under_book)


def paid(
    payee: Party | None = None,
    found: StatusEvidence | None = None,
    profile: FunderProfile = CHARITY,
    *,
    book: RuleBook | None = None,
    seen: dict[str, Any] | None = None,
    **leg: Any,
) -> Assessment:
    """Money goes out to a payee that the registers describe, aligned unless the leg says otherwise."""
    content = {"alignment": ALIGNED, **leg}
    seen_too = {"screening": screening(), **(seen or {})}
    return judged(
        {"funds_out": funds_out(payee=payee, **content)}, profile, Verification(status=found, **seen_too), book
    )


def paid_to_charity(profile: FunderProfile = CHARITY, **leg: Any) -> Assessment:
    """Money goes out to a listed public charity."""
    return paid(None, status(), profile, **leg)


def given(amount: str = "5000.00", profile: FunderProfile = CHARITY, **leg: Any) -> Assessment:
    """Money comes in from a company."""
    return judged({"funds_in": funds_in(amount, **leg)}, profile, Verification(screening=screening()))


def joined(profile: FunderProfile = CHARITY, *matches: Any, partner: Party | None = None, **leg: Any) -> Assessment:
    """Forces are joined without money."""
    content = {"non_monetary": joint(**leg)} | ({"partner": partner} if partner else {})
    return judged(content, profile, Verification(screening=screening(*matches)))


def finding(assessed: Assessment, rule_id: str) -> Finding | None:
    """The finding of one rule. A rule speaks once on a leg."""
    found = [one for one in assessed.findings if one.rule_id == rule_id]
    assert len(found) <= 1, found
    return found[0] if found else None


def spoken(assessed: Assessment, rule_id: str) -> Finding:
    """The finding of one rule, which it must have."""
    found = finding(assessed, rule_id)
    assert found is not None, f"{rule_id} is silent"
    return found


def said(assessed: Assessment, rule_id: str) -> Outcome | None:
    """The outcome of one rule, or None where it is silent."""
    found = finding(assessed, rule_id)
    return found.outcome if found else None


def assessment(*outcomes: Outcome) -> Assessment:
    """An assessment with findings of these weights: rule 1, rule 2, and so on."""
    findings = tuple(
        Finding(
            rule_id=f"RULE-{index}",
            layer=Layer.POLICY,
            citation="owner's policy",
            confirmed=True,
            leg=Direction.FUNDS_OUT,
            outcome=outcome,
            reason=f"finding {index}",
        )
        for index, outcome in enumerate(outcomes, start=1)
    )
    return Assessment(rule_book=BOOK.version, facts_sha256=DIGEST, findings=findings)


def conditions(assessed: Assessment) -> set[str]:
    """The conditions that are set."""
    return {condition.value for condition in assessed.conditions}
