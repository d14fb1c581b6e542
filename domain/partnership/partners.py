"""Partners: facts on one party from all its partnerships, to use again and not to type again (R2)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from domain.parties import Paper, Party
from domain.partnership.report.reports import FiledReport
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.values import Money, Value


class PartnerRole(StrEnum):
    """A party's role in a partnership."""

    PARTNER = "PARTNER"
    PAYEE = "PAYEE"
    DONOR = "DONOR"
    SUPPORTED = "SUPPORTED"
    """A sub-recipient, or the owner of a project that the payee takes on."""


class Appearance(Value):
    """A partnership in which a party appears."""

    partnership_id: str
    title: str
    roles: tuple[PartnerRole, ...]
    stage: Stage
    money: Money | None = None
    """The sum paid to it, or given by it."""
    verified_on: date | None = None
    """The day on which the registers were asked about it last."""
    outcome: str = ""
    """The rule book's last word on the partnership."""
    account: str = ""
    """The reference of the account that was agreed on for it."""
    account_fault: str = ""
    reports: tuple[FiledReport, ...] = ()


class PartnerRecord(Value):
    """The facts known of a party, newest first."""

    key: str
    """Its EIN, or else its country and name."""
    party: Party
    """As the newest proposal describes it."""
    names: tuple[str, ...]
    appearances: tuple[Appearance, ...]
    papers: tuple[Paper, ...]
    """Every paper that a verifier read, each once, the newest first."""


def key_of(party: Party) -> str:
    """Return the key that distinguishes a party: its EIN, or else its country and the words of its name."""
    return f"EIN {party.ein}" if party.ein else f"{party.country} {_words(party.name)}"


def find_partner(records: Iterable[PartnerRecord], search_term: str) -> tuple[PartnerRecord, ...]:
    """Return the records that an EIN or a name means: those of that number, or of exactly that name."""
    number, words = re.sub(r"\D", "", search_term), _words(search_term)
    return tuple(
        record
        for record in records
        if (number and record.party.ein == number) or words in map(_words, record.names) or search_term == record.key
    )


def partners(portfolio: Iterable[Partnership]) -> tuple[PartnerRecord, ...]:
    """Return the record of every party of these partnerships, by name."""
    appearances_by_party: dict[str, list[tuple[Party, Partnership]]] = {}
    for partnership in portfolio:
        if partnership.proposal is not None:
            for party in partnership.proposal.organizations:
                appearances_by_party.setdefault(key_of(party), []).append((party, partnership))
    records = (_record(key, appearances) for key, appearances in appearances_by_party.items())
    return tuple(sorted(records, key=lambda record: (record.party.name, record.key)))


def _record(key: str, appearances: list[tuple[Party, Partnership]]) -> PartnerRecord:
    newest = sorted(appearances, key=lambda appearance: _since(appearance[1]), reverse=True)
    papers = {paper.sha256: paper for party, _ in newest for paper in party.papers}
    by_reference = {partnership.partnership_id: partnership for _, partnership in newest}
    return PartnerRecord(
        key=key,
        party=newest[0][0],
        names=tuple(dict.fromkeys(name for party, _ in newest for name in (party.name, *party.also_known_as))),
        appearances=tuple(_appearance(key, partnership) for partnership in by_reference.values()),
        papers=tuple(sorted(papers.values(), key=lambda document: document.dated, reverse=True)),
    )


def _since(partnership: Partnership) -> tuple[date, str]:
    verification = partnership.verification
    return (verification.verified_at.date() if verification is not None else date.min, partnership.partnership_id)


def _appearance(key: str, partnership: Partnership) -> Appearance:
    roles, verification = tuple(_roles(key, partnership.proposed)), partnership.verification
    is_payee = PartnerRole.PAYEE in roles
    return Appearance(
        partnership_id=partnership.partnership_id,
        title=partnership.proposed.title,
        roles=roles,
        stage=partnership.stage,
        money=_money(roles, partnership.proposed),
        verified_on=verification.verified_at.date() if verification is not None else None,
        outcome=partnership.assessment.outcome.value if partnership.assessment is not None else "",
        account=partnership.account.reference if is_payee and partnership.account is not None else "",
        account_fault=partnership.account_fault if is_payee else "",
        reports=partnership.reporting.filed if is_payee else (),
    )


def _roles(key: str, proposal: Proposal) -> Iterator[PartnerRole]:
    out, gift = proposal.funds_out, proposal.funds_in
    parties_by_role = {
        PartnerRole.PARTNER: (proposal.partner,),
        PartnerRole.PAYEE: (out.payee,) if out else (),
        PartnerRole.DONOR: (gift.donor,) if gift else (),
        PartnerRole.SUPPORTED: out.supported if out else (),
    }
    yield from (role for role, parties in parties_by_role.items() if key in map(key_of, parties))


def _money(roles: tuple[PartnerRole, ...], proposal: Proposal) -> Money | None:
    if PartnerRole.PAYEE in roles and proposal.funds_out is not None:
        return proposal.funds_out.total
    if PartnerRole.DONOR in roles and proposal.funds_in is not None:
        return proposal.funds_in.money
    return None


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
