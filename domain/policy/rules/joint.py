"""The rule on joint work without money."""

from __future__ import annotations

from typing import Final

from domain.parties import FunderProfile
from domain.policy.facts import Facts
from domain.policy.findings import Layer, Outcome
from domain.policy.rule import Rule, Verdict


def activity_is_aligned(facts: Facts) -> Verdict | None:
    """A supporting organisation joins only what carries out the supported organisation's purposes (C29)."""
    if facts.non_monetary is None or facts.funder.profile is not FunderProfile.SUPPORTING_ORG:
        return None
    if facts.non_monetary.alignment is None:
        return Verdict(Outcome.REFER, "the supporting organisation needs evidence of alignment, and none was given")
    return Verdict(Outcome.PASS, "evidence of alignment is on file", (facts.non_monetary.alignment,))


RULES: Final = (Rule("JOINT-ALIGNMENT", Layer.REG, "26 CFR 1.509(a)-4(e)", True, activity_is_aligned),)
