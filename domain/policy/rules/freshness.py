"""Require registers that are new enough to decide on (R28, C38)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.screening.sources import RegisterVersion
from domain.screening.tax_status import StatusEvidence

STATUS_REGISTERS: Final = frozenset({"irs-bmf", "irs-pub78", "irs-revocation"})
"""Registers that must have been asked before a status answer on an organisation counts."""

SANCTIONS_LISTS: Final = {
    "2026.2": frozenset({"ofac-sdn"}),
    "2026.3": frozenset({"ofac-sdn", "ofac-consolidated", "un-consolidated"}),
}
"""By edition: the lists that must have been asked before a screening without a match counts.

From 2026.6 on they are those that bind the organisation by its own rules.
"""

_MONTHLY, _ON_DESIGNATION = timedelta(days=62), timedelta(days=35)

OLDEST_VERSION: Final[Mapping[str, timedelta]] = {
    **dict.fromkeys(sorted(STATUS_REGISTERS), _MONTHLY),
    **dict.fromkeys(sorted(SANCTIONS_LISTS["2026.3"]), _ON_DESIGNATION),
}
"""By register: the maximum age of a version. The IRS publishes monthly, OFAC and the UN when they designate."""

LAST_LOOK_AGES: Final[Mapping[str, Mapping[str, timedelta]]] = {
    "2026.2": {},
    "2026.3": OLDEST_VERSION,
    "2026.6": dict.fromkeys(sorted(STATUS_REGISTERS), _MONTHLY),
}
"""By edition: the age limits that are checked again between the assessment and the payment."""

LISTS_BY_ORGANISATION: Final = {"2026.2": False, "2026.6": True}
"""By edition: whether the organisation's own rules say which lists bind it, and how old their word may be."""

_TIME_ZONES: Final = timedelta(days=1)
"""The tolerance for a date in the future, since it may be tomorrow already in the publisher's time zone."""


def registers_are_fresh(facts: Facts) -> Verdict:
    """Nothing is approved or paid on data older than its register's limit (R28; C38)."""
    asked = _asked(facts)
    said = f"{len(asked)} registers asked, none older than its limit"
    return _freshness(facts, "2026.3", lambda version: version.current_on) or Verdict(Outcome.PASS, said)


def registers_are_fresh_by_our_rules(facts: Facts) -> Verdict:
    """Nothing is approved or paid unless each binding list was asked and confirmed within the organisation's limit."""
    rule, number = facts.screening.rule, len(_asked(facts))
    limits = {**dict.fromkeys(STATUS_REGISTERS, _MONTHLY), **dict.fromkeys(rule.lists, rule.limit)}
    verdict = _staleness(facts, frozenset(rule.lists), limits, lambda version: version.current_on)
    registers = f"{number} {'register' if number == 1 else 'registers'}"
    return verdict or Verdict(Outcome.PASS, f"{registers} asked, none older than its limit")


def registers_are_fresh_by_their_date(facts: Facts) -> Verdict:
    """Nothing is approved or paid on data older than its register's limit, counted from the file's own date."""
    number = len(_asked(facts))
    said = f"{number} {'register' if number == 1 else 'registers'} asked, none older than its limit"
    return _freshness(facts, "2026.2", lambda version: version.source_date) or Verdict(Outcome.PASS, said)


def _freshness(facts: Facts, edition: str, day_of: Callable[[RegisterVersion], date]) -> Verdict | None:
    """Return a referral for the lists and the limits of an edition before 2026.6, or None."""
    lists = SANCTIONS_LISTS[edition]
    limits = {register_name: OLDEST_VERSION[register_name] for register_name in STATUS_REGISTERS | lists}
    return _staleness(facts, lists, limits, day_of)


def _staleness(
    facts: Facts,
    lists: frozenset[str],
    limits: Mapping[str, timedelta],
    day_of: Callable[[RegisterVersion], date],
) -> Verdict | None:
    """Return a referral if a register was not asked, or its version is too old or dated in the future, else None."""
    if missing_registers := _unasked(facts, lists):
        return Verdict(
            Outcome.REFER, f"never loaded, so nobody could ask: {', '.join(missing_registers)}; load them first"
        )
    versions = _asked(facts)
    stale = [
        f"{version.register_name} of {day_of(version)}"
        for version in versions
        if (limit := limits.get(version.register_name)) and facts.as_of - day_of(version) > limit
    ]
    if stale:
        return Verdict(Outcome.REFER, f"asked of registers that are too old: {', '.join(stale)}; load newer versions")
    if ahead := [
        f"{v.register_name} of {v.source_date}" for v in versions if v.source_date > facts.as_of + _TIME_ZONES
    ]:
        return Verdict(Outcome.REFER, f"dated in the future: {', '.join(ahead)}; load them with their true date")
    return None


def _asked(facts: Facts) -> list[RegisterVersion]:
    status_versions = (evidence.asked for evidence in _status_evidence(facts))
    return list(
        dict.fromkeys(version for versions in (facts.screening.asked, *status_versions) for version in versions)
    )


def _status_evidence(facts: Facts) -> Iterator[StatusEvidence]:
    """Yield the evidence on the status of every body that is to get money. Before 2026.4 there is the payee's only."""
    supported_evidence = (status for body in facts.supported for status in (body.status, body.central))
    return (evidence for evidence in (facts.status, facts.central, *supported_evidence) if evidence is not None)


def _unasked(facts: Facts, lists: frozenset[str]) -> list[str]:
    """Return the required registers that were not asked: a list that was never loaded clears nobody."""
    missing = lists - {version.register_name for version in facts.screening.asked}
    for evidence in _status_evidence(facts):
        missing |= STATUS_REGISTERS - {version.register_name for version in evidence.asked}
    return sorted(missing)


RULES: Final = (
    Rule("REGISTERS-FRESH", Layer.POLICY, "requirement R28", True, registers_are_fresh_by_their_date)
    .revised("2026.3", "more lists are asked, and a version is as old as its confirmation", registers_are_fresh)
    .revised(
        "2026.6",
        "the organisation says which lists bind it, and five weeks without a word of a list were too long",
        registers_are_fresh_by_our_rules,
    ),
)
