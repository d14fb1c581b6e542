"""The rule of edition 2026.3 on a payee that no register of exempt organisations lists: where and why it is not."""

from __future__ import annotations

from typing import Final

from domain.policy.edition_2026_2 import eligibility
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict
from domain.screening.evidence import StatusEvidence, newest_posted

_LIKELY: Final = "likely a church, a government unit, an organisation too new to be listed, or a mistyped EIN"


def payee_is_listed(facts: Facts) -> Verdict | None:
    """A US payee is looked for in the registers; not found refers and never refuses by itself (R23; C20)."""
    verdict, status = eligibility.payee_is_listed(facts), facts.status
    if verdict is None or status is None or status.found:
        return verdict
    asked = [version.register_name for version in status.asked]
    silent = ", ".join(name for name in asked if name != "irs-revocation" or not status.revocations) or "no register"
    return Verdict(Outcome.REFER, f"EIN {status.ein} was not found in {silent}; {_reason(facts, status)}")


def _reason(facts: Facts, status: StatusEvidence) -> str:
    revoked = newest_posted(status.revocations, facts.as_of)
    if revoked is None:
        return _LIKELY
    back = f", and reinstated on {revoked.reinstated_on}" if not revoked.in_force(facts.as_of) else ""
    return f"its exemption was revoked on {revoked.effective_on}, posted on {revoked.posted_on}{back}"


RULES: Final = (Rule("ELIG-LISTED", Layer.RULING, "Rev. Proc. 2018-32, s. 3 and 4", True, payee_is_listed),)
