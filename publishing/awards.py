"""Awards: the facts of an agreed grant in an open standard, each with the event that it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from domain.errors import DomainError
from domain.grants import Place
from domain.money.amounts import SignedAmount
from domain.parties import Party, PartyKind
from publishing.cases import GrantCase, Stand
from publishing.counting import PublicationTally
from publishing.figures import EventSum, SumPart, figure_of
from publishing.identifiers import id_of_funder, id_of_party
from publishing.movements import MovementKind
from publishing.withholding import Openness, WithholdingReason, verdict_of

NAME_WITHHELD: Final = "Name withheld"
TO_A_PERSON: Final = "Grant to an individual"


class PublisherUnknown(DomainError):
    """The directory holds no number by which a funder is known."""


class Award(NamedTuple):
    """A grant as it is published."""

    case: GrantCase
    base: str
    """The beginning of identifiers that the publisher makes."""
    title: str
    description: str
    recipient_id: str
    recipient_name: str
    """The payee's name, or words that stand for it."""
    is_named: bool
    missing: tuple[str, ...]
    """The facts that nobody recorded, of those that every standard asks for."""

    @property
    def identifier(self) -> str:
        """Its identifier, which stays whatever becomes of the payee's name."""
        return f"{self.base}-{self.case.reference}"

    @property
    def payee(self) -> Party:
        """The payee, as the proposal describes it now."""
        return self.case.out.payee

    @property
    def committed(self) -> EventSum:
        """The sum that is agreed, in the currency of the tranches."""
        return figure_of(self.case.out.currency, self.case.moved(MovementKind.COMMITMENT))

    @property
    def paid(self) -> EventSum:
        """The sum that the bank booked."""
        return figure_of(self.case.out.currency, self.case.moved(MovementKind.PAYMENT))

    @property
    def requested(self) -> EventSum | None:
        """The sum that was asked for, in its own currency, or None if nobody recorded it."""
        requested_sum = self.case.out.requested
        if requested_sum is None:
            return None
        return EventSum(requested_sum.currency, (SumPart(self.case.facts["Proposal"], requested_sum.amount),))

    @property
    def places(self) -> tuple[Place, ...]:
        """The places of activity: as the leg says, or else where the community is, or else where a named payee is."""
        community = self.case.partnership.proposed.public_interest.community
        recorded_places = self.case.out.places or (community.places if community is not None else ())
        return recorded_places or ((Place(country=self.payee.country),) if self.is_named else ())


def publisher_id(stand: Stand) -> str:
    """Return the identifier of the funder that publishes.

    Raises:
        PublisherUnknown: The directory holds neither its US tax number nor its number in another register.
    """
    identifier = id_of_funder(stand.funder)
    if identifier is None:
        raise PublisherUnknown(f"the directory holds no number of {stand.funder.funder_id} (`ein` or `number`)")
    return identifier


def awards_of(cases: Iterable[GrantCase], stand: Stand, base: str, tally: PublicationTally) -> tuple[Award, ...]:
    """Return the grants of a funder that are published, by reference, and count those that are withheld."""
    awards: list[Award] = []
    for case in sorted(cases, key=lambda case: case.reference):
        if not case.is_awarded or case.out.funder != stand.funder.funder_id:
            continue
        verdict = verdict_of(case)
        if verdict.openness is Openness.NOTHING and verdict.reason is not None:
            tally.leave_out(verdict.reason.value, *amounts_of(case))
        else:
            awards.append(_award(case, base, verdict.openness))
    return tuple(awards)


def amounts_of(case: GrantCase) -> tuple[SignedAmount, ...]:
    """Return the sum that is agreed of a case."""
    return (SignedAmount(case.out.currency, case.sum_of(MovementKind.COMMITMENT)),)


def all_amounts(cases: Iterable[GrantCase], stand: Stand) -> tuple[SignedAmount, ...]:
    """Return the sums that are agreed of all of a funder's grants."""
    own_cases = (case for case in cases if case.is_awarded and case.out.funder == stand.funder.funder_id)
    return tuple(amount for case in own_cases for amount in amounts_of(case))


def count_published(award: Award, tally: PublicationTally) -> None:
    """Count a grant that is published, with what it lacks."""
    tally.publish(*amounts_of(award.case))
    tally.miss(*award.missing)
    if not award.is_named:
        tally.withhold_name(WithholdingReason.NATURAL_PERSON.value)


def _award(case: GrantCase, base: str, openness: Openness) -> Award:
    """Return a case as an award. Where a name holds that of a natural person, it is withheld too."""
    party, proposal = case.out.payee, case.partnership.proposed
    name = case.people.public(party.name) if openness is Openness.FULL else None
    identifier = id_of_party(party) if name is not None else None
    is_person = party.kind is PartyKind.INDIVIDUAL
    title = None if is_person else case.people.public(proposal.title)
    summary = case.people.public(proposal.summary)
    purpose = None if is_person else case.people.public(case.out.purpose)
    missing = (
        ("title", title is None), ("summary", summary is None), ("recipient_id", identifier is None),
        ("places", not case.out.places), ("programme", case.out.programme is None),
        ("planned_dates", proposal.period is None), ("sector", proposal.public_interest.sector is None),
    )  # fmt: skip
    plain = TO_A_PERSON if is_person else f"Grant {case.reference}"
    return Award(
        case, base, title or plain, summary or purpose or title or plain,
        identifier or f"{base}-recipient-of-{case.reference}", name or NAME_WITHHELD, name is not None,
        tuple(fact for fact, is_missing in missing if is_missing),
    )  # fmt: skip
