"""The subjects of screening: the parties, those behind them, and others to ask the lists about (rules 2.9, 4.8)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, Protocol

from domain.parties import Party, PartyKind
from domain.proposal import FundsOut, Proposal
from domain.screening.tax_status import StatusEvidence, SupportedEvidence

NAMED_FROM: Final = Decimal(25)
"""The share of the use, in per cent, from which who benefits is screened by name."""


class LookedUp(Protocol):
    """The findings of the registers of exempt organisations on a payee, its group, and those it supports."""

    @property
    def status(self) -> StatusEvidence | None:
        """The evidence on the payee."""
        ...

    @property
    def central(self) -> StatusEvidence | None:
        """The evidence on the central organisation of its group."""
        ...

    @property
    def supported(self) -> tuple[SupportedEvidence, ...]:
        """The evidence on those that the payee supports."""
        ...


def who_is_screened(proposal: Proposal, looked_up: LookedUp) -> tuple[Party, ...]:
    """Return every party to be screened, each once: those of the proposal first."""
    return tuple(dict.fromkeys((*proposal.parties, *screened_beside(proposal, looked_up))))


def screened_beside(proposal: Proposal, lookup: LookedUp) -> tuple[Party, ...]:
    """Return those screened beside the parties and their principals, who were all before edition 2026.5."""
    out = proposal.funds_out
    benefit = _beneficiaries(out) if out is not None else ()
    parties = (alias for party, status in looked_up(proposal, lookup) for alias in known_to_registers(party, status))
    central = (party.center for party in proposal.organizations if party.center is not None)
    return tuple(dict.fromkeys((*benefit, *central, *parties)))


def looked_up(proposal: Proposal, lookup: LookedUp) -> Iterator[tuple[Party, StatusEvidence]]:
    """Yield each party that the registers were asked about, with what they said."""
    out = proposal.funds_out
    if out is None:
        return
    party_statuses = [(out.payee, lookup.status), (out.payee.center, lookup.central)]
    for party in out.supported:
        supported_evidences = (
            evidence
            for evidence in lookup.supported
            if (evidence.party, evidence.status.ein) == (party.name, party.ein)
        )
        evidence = next(supported_evidences, None)
        party_statuses += [(party, evidence.status), (party.center, evidence.central)] if evidence is not None else []
    yield from ((party, status) for party, status in party_statuses if party is not None and status is not None)


def known_to_registers(party: Party, status: StatusEvidence) -> Iterator[Party]:
    """Yield a party under each name that a register gives for its EIN and that it does not give itself."""
    name_words = {_words(name) for name in (party.name, *party.also_known_as)}
    for name in status.known_as:
        if _words(name) not in name_words:
            name_words.add(_words(name))
            yield Party(name=name, kind=party.kind, country=party.country, ein=party.ein)


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", name.casefold()))


def _beneficiaries(out: FundsOut) -> Iterator[Party]:
    """Yield whoever gets a quarter of the use, or more in several parts: as a person and as a firm."""
    shares: dict[str, tuple[str, Decimal]] = {}
    for beneficiary in out.benefit.beneficiaries if out.benefit is not None else ():
        name, share = shares.get(beneficiary.name.casefold(), (beneficiary.name, Decimal(0)))
        shares[beneficiary.name.casefold()] = name, share + beneficiary.share
    for name, share in shares.values():
        if share >= NAMED_FROM:
            for kind in (PartyKind.INDIVIDUAL, PartyKind.PRIVATE_COMPANY):
                yield Party(name=name, kind=kind, country=out.payee.country)


def unscreened(parties: Iterable[Party], screened_names: Iterable[str]) -> str | None:
    """Return the name of a party that no screening covers, or None if all are covered."""
    covered_names = set(screened_names)
    return next(
        (name for party in parties for name in (party.name, *party.also_known_as) if name not in covered_names), None
    )


def countries_in(proposal: Proposal) -> frozenset[str]:
    """Return every country that a proposal gives: of bodies and those behind them, of the work and the community."""
    legs = (leg for leg in (proposal.funds_out, proposal.non_monetary) if leg is not None)
    community = proposal.public_interest.community
    places = (*(place for leg in legs for place in leg.places), *(community.places if community is not None else ()))
    bodies = proposal.organizations
    residences = (principal.country for body in bodies for principal in body.principals if principal.country)
    return frozenset((*(body.country for body in bodies), *residences, *(place.country for place in places)))
