"""The sources of law that rules rest on, and those that nobody has confirmed yet by reading them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from domain.policy.findings import Finding
from domain.policy.rulebook import RuleBook


class LegalSource(NamedTuple):
    """A source in law that a rule cites."""

    rule_id: str
    citation: str


LEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "ELIG-PATH": ("26 CFR 53.4945-5(a)(4)(iii)", "Rev. Proc. 2026-8; Rev. Proc. 2018-32"),
    "ELIG-ALIGNMENT": ("26 CFR 1.509(a)-4(e); IRC 511(a)(2)(B)",),
    "ELIG-EQUIVALENCY": ("Rev. Proc. 2017-53; rules 2.5",),
    "ELIG-GROUP": ("Rev. Proc. 2026-8; Rev. Proc. 2018-32",),
    "PROJECT-SPONSOR": ("26 CFR 53.4945-5(a)(6)(i)",),
    "PROJECT-REGRANT": ("26 CFR 53.4945-5(a)(6)(i)",),
    "PROJECT-VOTERS": ("IRC 4945(d)(2), 4945(f)",),
    "GIFT-SPONSORSHIP": ("IRC 513(i); 26 CFR 1.513-4",),
    "GIFT-ACKNOWLEDGMENT": ("IRC 170(f)(8)(B)(i); IRS Publication 1771",),
    "GIFT-DISCLOSURE": ("Rev. Proc. 90-12, 92-49; 26 CFR 1.513-4(c)(2)(ii)",),
    "INTERESTS": ("IRC 4941",),
}
"""By rule: the sources of single verdicts that counsel has not confirmed, beside the rule's own."""


def unconfirmed(book: RuleBook) -> tuple[LegalSource, ...]:
    """Return the sources of an edition that counsel has not confirmed, as the edition was released, by its rules."""
    citations_by_rule = {rule.rule_id: (rule.citation,) if not rule.confirmed else () for rule in book.rules}
    return tuple(
        LegalSource(rule_id, citation)
        for rule_id, citations in citations_by_rule.items()
        for citation in dict.fromkeys((*citations, *LEADS.get(rule_id, ())))
    )


def is_confirmed(finding: Finding, sources: Collection[LegalSource]) -> bool:
    """True if the source of a finding is confirmed: at its release, or by counsel since."""
    return finding.confirmed or LegalSource(finding.rule_id, finding.citation) in sources
