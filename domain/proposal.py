"""Proposals: the parties, purpose and legs of a partnership that somebody asks the funder to enter (R1)."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from domain.grants import (
    Interest,
    Regrant,
    Subrecipient,
    fund_of_gift,
)
from domain.keeping import memo
from domain.legs.direction import *
from domain.legs.funds_in import *
from domain.legs.funds_out import *
from domain.legs.non_monetary import *
from domain.parties import Funder, Party
from domain.plans import Contact, Period, PlannedReport, PublicInterest, plan_fault
from domain.values import (
    RECORDED,
    Money,
    OneLine,
    PartnershipId,
    Printable,
    Sentence,
    Since,
    Value,
    is_empty,
    is_none,
)

LARGEST_PROPOSAL: Final = 128 * 1024
"""The maximum size of a proposal as JSON: with encrypted names and screening results it still fits into an event."""


class Proposal(Value):
    """A proposed partnership: at most one leg of each direction, and at least one leg."""

    reference: PartnershipId
    title: Annotated[str, StringConstraints(min_length=5, max_length=120), Printable, OneLine]
    partner: Party
    public_interest: PublicInterest
    funds_out: FundsOut | None = None
    funds_in: FundsIn | None = None
    non_monetary: NonMonetary | None = None
    interests: Annotated[tuple[Interest, ...], Since("2026.2")] = Field(
        default=(), description="Interests of the funder's own staff that are known already"
    )
    period: Annotated[Period | None, Since("2026.4")] = Field(
        default=None, description="From when to when the work is done", exclude_if=is_none
    )
    reports: Annotated[tuple[PlannedReport, ...], Since("2026.4")] = Field(
        default=(), description="The reports that are due, and the tranches that wait for them", exclude_if=is_empty
    )
    contacts: Annotated[tuple[Contact, ...], Since("2026.4")] = Field(
        default=(), description="Whom to ask about it", exclude_if=is_empty
    )
    summary: Annotated[str | None, StringConstraints(min_length=5, max_length=500), Printable, Since("2026.4")] = Field(
        default=None, description="What it is about, for the public: no personal data", exclude_if=is_none
    )
    under: Annotated[PartnershipId | None, Since("2026.4")] = Field(
        default=None,
        description="The partnership under whose agreement it stands, where several payees or donors share one",
        exclude_if=is_none,
    )
    withheld_for: Annotated[Sentence | None, Since("2026.4")] = Field(
        default=None, description="Why it is not published; without a reason it may be", exclude_if=is_none
    )

    @model_validator(mode="after")
    def _stands_under_another(self) -> Self:
        if self.under == self.reference:
            raise ValueError("under: it names the partnership itself; leave it out where it leads")
        return self

    @model_validator(mode="after")
    def _has_a_leg(self) -> Self:
        if not self.legs:
            raise ValueError("a partnership needs at least one leg: funds_out, funds_in or non_monetary")
        return self

    @model_validator(mode="after")
    def _fits_into_an_event(self, info: ValidationInfo) -> Self:
        if info.context is RECORDED:  # it did
            return self
        size = len(self.model_dump_json())
        if size > LARGEST_PROPOSAL:
            raise ValueError(
                f"the proposal has {size // 1024} KiB, and {LARGEST_PROPOSAL // 1024} is the most; file what is long "
                "as a document, and name those who govern, sign and own rather than everybody"
            )
        return self

    @model_validator(mode="after")
    def _plan_is_possible(self) -> Self:
        out, period = self.funds_out, self.period
        days = {tranche.number: tranche.due_on for tranche in out.tranches} if out else {}
        if fault := plan_fault(self.reports, days, period, out is None or out.final_report):
            raise ValueError(str(fault))
        early = [number for number, day in days.items() if period and day is not None and day < period.starts]
        if early and period is not None:
            raise ValueError(
                f"funds_out: tranche {early[0]} is planned before the period starts on {period.starts}; plan it later"
            )
        return self

    @model_validator(mode="after")
    def _awaited_gift_is_there(self) -> Self:
        out, gift = self.funds_out, self.funds_in
        if out is None or not out.waits_for_gift:
            return self
        if gift is None:
            raise ValueError("funds_out.waits_for_gift: no money comes in here; add funds_in, or leave it out")
        if gift.money.currency != out.currency:
            raise ValueError(
                f"funds_out.waits_for_gift: the gift is in {gift.money.currency} and the tranches are in "
                f"{out.currency}; leave it out"
            )
        if gift.money.amount < out.total.amount:
            raise ValueError(
                f"funds_out.waits_for_gift: the gift of {gift.money} is less than the {out.total} that wait for it; "
                "leave it out, or plan what the gift covers"
            )
        return self

    @model_validator(mode="after")
    def _contacts_speak_for_a_party(self) -> Self:
        if not self.contacts:
            return self
        known = {party.name for party in self.organizations}
        if strangers := [contact.organization for contact in self.contacts if contact.organization not in known]:
            raise ValueError(f"contacts: {strangers[0]} is no party of this proposal; name one of {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def _nobody_is_proposed_for_another(self) -> Self:
        for party in self.organizations:
            party.require_own_part()
        return self

    @property
    def legs(self) -> tuple[FundsOut | FundsIn | NonMonetary, ...]:
        """The legs that exist, money out first."""
        return tuple(leg for leg in (self.funds_out, self.funds_in, self.non_monetary) if leg is not None)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions of the legs that exist, money out first."""
        legs = {
            Direction.FUNDS_OUT: self.funds_out,
            Direction.FUNDS_IN: self.funds_in,
            Direction.NON_MONETARY: self.non_monetary,
        }
        return tuple(direction for direction, leg in legs.items() if leg is not None)

    def needs(self, leg: Direction) -> bool:
        """True if another leg depends on this one, so that it cannot end alone."""
        out = self.funds_out
        own = out is not None and fund_of_gift(self.reference) in {part.fund for part in out.parts}
        return leg is Direction.FUNDS_IN and out is not None and (out.waits_for_gift or own)

    def without(self, *legs: Direction) -> Proposal:
        """Return the proposal without these legs, and what is said of them alone: reports, and whom to ask.

        Raises:
            ValueError: No leg would be left, or one that is left depends on one that is not.
        """
        gone: dict[str, object] = {leg.value.lower(): None for leg in legs}
        plan = {"reports": ()} if Direction.FUNDS_OUT in legs else {}
        proposal = self.model_copy(update={**gone, **plan})
        named = {party.name for party in proposal.organizations}
        contacts = tuple(contact for contact in self.contacts if contact.organization in named)
        return Proposal.model_validate(proposal.model_copy(update={"contacts": contacts}).model_dump(mode="json"))

    @property
    def organizations(self) -> tuple[Party, ...]:
        """Every party in the proposal, each once, without principals."""
        return _organizations(self)

    @property
    def readers(self) -> frozenset[str]:
        """The people who are said to have read the papers that prove a status, an equivalency or a succession."""
        out = self.funds_out
        papers = [paper for party in self.organizations for paper in party.papers]
        papers += [out.equivalency.paper] if out and out.equivalency and out.equivalency.paper else []
        papers += [out.succession.paper] if out and out.succession else []
        return frozenset(paper.read_by for paper in papers)

    @property
    def parties(self) -> tuple[Party, ...]:
        """Every party to be screened, each once: the parties and their principals."""
        return tuple(dict.fromkeys(behind for party in self.organizations for behind in party.with_principals))

    def regranted(self, subrecipients: tuple[Subrecipient, ...]) -> Proposal:
        """Return the proposal with these sub-recipients, or unchanged if no money goes out."""
        out = self.funds_out
        if out is None:
            return self
        known = out.regrant or Regrant(subrecipients=subrecipients, payee_selects=True, covenant=False)
        regrant = known.model_copy(update={"subrecipients": subrecipients})
        return self.model_copy(update={"funds_out": out.model_copy(update={"regrant": regrant})})

    @property
    def money(self) -> Money | None:
        """The total of the money out or, without money out, the money in. None if no money moves."""
        if self.funds_out:
            return self.funds_out.total
        return self.funds_in.money if self.funds_in else None

    @property
    def sums(self) -> tuple[Money, ...]:
        """The total of each leg on which money moves, money out first."""
        out = (self.funds_out.total,) if self.funds_out else ()
        return (*out, self.funds_in.money) if self.funds_in else out

    @property
    def funder_ids(self) -> tuple[str, ...]:
        """The funder of every leg, each once."""
        return tuple(dict.fromkeys(leg.funder for leg in self.legs))


class Funding(Value):
    """The funders that a proposal names, as the directory held them when the proposal was recorded."""

    funders: tuple[Funder, ...]
    others: tuple[Funder, ...] = Field(default=(), exclude_if=is_empty)
    """The other funders of the same organisation: related parties, whose names and accounts are known (rules 4.15)."""

    def of(self, leg: FundsOut | FundsIn | NonMonetary) -> Funder:
        """Return the funder of a leg."""
        return next(funder for funder in self.funders if funder.funder_id == leg.funder)


@memo
def _organizations(proposal: Proposal) -> tuple[Party, ...]:
    out, gift = proposal.funds_out, proposal.funds_in
    named = [proposal.partner]
    named += [out.payee, *out.supported] if out else []
    named += [out.succession.of] if out and out.succession else []
    named += [gift.donor] if gift else []
    return tuple(dict.fromkeys(named))
