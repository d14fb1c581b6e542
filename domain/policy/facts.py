"""The facts a rule may see: one leg with its funder, and what due diligence found."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from domain.directory.watched import WatchedCountry
from domain.grants import Interest, KnownChange
from domain.parties import Funder, Party, PartyKind
from domain.plans import PublicInterest
from domain.policy.canonical import order_of
from domain.policy.round_trips import got_back_by
from domain.proposal import Direction, Funding, FundsIn, FundsOut, NonMonetary, Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.screening.evidence import Verification
from domain.screening.gifts import GiftEvidence
from domain.screening.matches import ScreeningEvidence
from domain.screening.screened import screened_beside
from domain.screening.tax_status import StatusEvidence, SupportedEvidence
from domain.screening.truths import OF_THE_WHOLE, KnownTruth, TruthKind
from domain.values import Since, Value, is_empty, is_false, is_none

PAPERS_HAVE_DAYS: Final = "2026.5"
"""The edition from which on a paper of status counts by its register, its number and its day (rules 4.6, 4.7)."""

PLACES_TELL: Final = "2026.6"
"""The edition from which on a place and other bearers of a name count beside the name (rules 3.1)."""


CODES_IN_FULL: Final = "2026.6"
"""The edition from which on every code of Publication 78 counts that says what a body is (rules 3.3)."""


class Facts(Value):
    """The facts on one leg. A rule sees this and nothing else: no clock, no look-up."""

    direction: Direction
    funder: Funder
    partner: Party
    public_interest: PublicInterest
    as_of: date
    screening: ScreeningEvidence
    status: StatusEvidence | None = None
    funds_out: FundsOut | None = None
    funds_in: FundsIn | None = None
    non_monetary: Annotated[NonMonetary | None, Since("2026.2")] = None
    central: Annotated[StatusEvidence | None, Since("2026.2")] = None
    gift: Annotated[GiftEvidence | None, Since("2026.2")] = None
    gifts: Annotated[tuple[GiftEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    supported: Annotated[tuple[SupportedEvidence, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    together: Annotated[tuple[ApprovedSum, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    support: Annotated[tuple[ApprovedSum, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    got_back_by: Annotated[tuple[str, ...], Since("2026.4"), Field(exclude_if=is_empty)] = ()
    """The names on the leg that are the donor's of a restricted gift in the same partnership."""
    parties: Annotated[tuple[Party, ...], Since("2026.2")] = ()
    interests: Annotated[tuple[Interest, ...], Since("2026.2")] = ()
    truths: Annotated[tuple[KnownTruth, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The told truths found to be so, on those whom the partnership names."""
    screened_beside: Annotated[tuple[str, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The names that are screened beside the parties and their principals."""
    title: Annotated[str, Since("2026.5"), Field(exclude_if=is_empty)] = ""
    """The title of the partnership."""

    related: Annotated[tuple[Funder, ...], Since("2026.5"), Field(exclude_if=is_empty)] = ()
    """The other funders of the same organisation."""

    watched: Annotated[tuple[WatchedCountry, ...], Since("2026.6"), Field(exclude_if=is_empty)] = ()
    """The countries of the proposal on the organisation's table of the FATF's lists."""

    public_offices_asked: Annotated[bool, Since("2026.6"), Field(exclude_if=is_false)] = False
    """True if the organisation asked for public offices of the people behind a payee."""

    conversion: Annotated[Conversion | None, Since("2026.6"), Field(exclude_if=is_none)] = None
    """The organisation's base currency, and the rates by which sums are converted into it."""

    edition: str = Field(default="", exclude=True)
    """The edition under which they are read, empty for the newest. It is no fact, and in no digest."""

    @property
    def papers_on(self) -> date | None:
        """The day on which papers must count, or None under editions before 2026.5, which take them of any day."""
        older = self.edition and order_of(self.edition) < order_of(PAPERS_HAVE_DAYS)
        return None if older else self.as_of

    @property
    def codes_in_full(self) -> bool:
        """True if every code of the registers counts, as the edition asks it (rules 3.3)."""
        return not self.edition or order_of(self.edition) >= order_of(CODES_IN_FULL)

    def is_named(self, status: StatusEvidence) -> bool:
        """True if a register gives a party's legal name for its EIN, as the edition asks it (rules 3.1)."""
        older = self.edition and order_of(self.edition) < order_of(PLACES_TELL)
        compared = (not older and status.identity) or status.names
        return any(comparison.confirms and not comparison.further for comparison in compared)

    @property
    def all_gifts(self) -> tuple[GiftEvidence, ...]:
        """The evidence on each restricted gift that pays for the leg, or for a part of it."""
        return (self.gift,) if self.gift is not None else self.gifts

    def evidence_on(self, party: Party) -> SupportedEvidence | None:
        """Return the registers' evidence on a party that the payee supports, or None if it gave no EIN."""
        party_evidence = (
            evidence for evidence in self.supported if (evidence.party, evidence.status.ein) == (party.name, party.ein)
        )
        return next(party_evidence, None)


def facts_of(
    proposal: Proposal, funding: Funding, verification: Verification, interests: tuple[Interest, ...] = ()
) -> tuple[Facts, ...]:
    """Return the facts of every leg of a proposal, as of the day of verification."""
    common = _common_facts(proposal, verification, interests)

    def facts(direction: Direction, funder: Funder, **more: object) -> Facts:
        related_funders = tuple(
            other_funder
            for other_funder in (*funding.funders, *funding.others)
            if other_funder.funder_id != funder.funder_id
        )
        return Facts.model_validate(
            {"direction": direction, "funder": funder, "related": related_funders, **common, **more}
        )

    legs: list[Facts] = []
    if out := _as_known(proposal.funds_out, verification.truths):
        evidence = _evidence_on_payee(proposal, out, verification)
        legs.append(facts(Direction.FUNDS_OUT, funding.of(out), funds_out=out, **evidence))
    if donation := proposal.funds_in:
        legs.append(facts(Direction.FUNDS_IN, funding.of(donation), funds_in=donation))
    if joint := proposal.non_monetary:
        legs.append(facts(Direction.NON_MONETARY, funding.of(joint), non_monetary=joint))
    return tuple(legs)


def _common_facts(proposal: Proposal, verification: Verification, interests: tuple[Interest, ...]) -> dict[str, object]:
    """Return the facts that all legs of a proposal have in common, by field."""
    return {
        "partner": proposal.partner,
        "public_interest": proposal.public_interest,
        "as_of": verification.verified_at.date(),
        "screening": verification.screening,
        "parties": proposal.organizations,
        "title": proposal.title,
        "interests": tuple(dict.fromkeys((*proposal.interests, *interests))),
        "truths": verification.truths,
        "watched": verification.watched,
        "public_offices_asked": verification.public_offices_asked,
        "conversion": verification.conversion,
        "screened_beside": tuple(dict.fromkeys(party.name for party in screened_beside(proposal, verification))),
    }


def _evidence_on_payee(proposal: Proposal, out: FundsOut, verification: Verification) -> dict[str, object]:
    """Return the evidence on a payee, those whom it supports, and the gifts and sums beside, by field."""
    restricted_gift = proposal.funds_in if proposal.funds_in and proposal.funds_in.is_restricted else None
    return {
        "status": verification.status,
        "central": verification.central,
        "gift": verification.gift,
        "got_back_by": got_back_by(restricted_gift.donor, out) if restricted_gift else (),
        "gifts": verification.gifts,
        "supported": verification.supported,
        "together": verification.together,
        "support": verification.support,
    }


FACTS_OF_PAYEE: Final = frozenset({TruthKind.LOST_STATUS, TruthKind.FOR_PROFIT, TruthKind.INSIDER})
"""The kinds of truth that are facts of a proposal, if they are about the payee: its own rules judge them."""


def is_fact_of_payee(truth: KnownTruth, out: FundsOut | None) -> bool:
    """True if a truth says of a leg's payee a thing that the proposal itself could have said."""
    return out is not None and truth.kind in FACTS_OF_PAYEE and truth.party in {out.payee.name, OF_THE_WHOLE}


def _as_known(out: FundsOut | None, truths: tuple[KnownTruth, ...]) -> FundsOut | None:
    """Return a leg with what is known of its payee beside what the proposal says of it."""
    for truth in truths:
        if out is None or not is_fact_of_payee(truth, out):
            continue
        match truth.kind:
            case TruthKind.LOST_STATUS:
                change = KnownChange(what=truth.told, known_since=truth.since)
                out = out.model_copy(update={"known_changes": (*out.known_changes, change)})
            case TruthKind.FOR_PROFIT:
                payee = out.payee.model_copy(update={"kind": PartyKind.PRIVATE_COMPANY})
                out = out.model_copy(update={"payee": payee})
            case TruthKind.INSIDER:
                out = out.model_copy(update={"controlled_by_insider": True})
            case _:
                pass
    return out
