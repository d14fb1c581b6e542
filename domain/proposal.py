"""Proposals: the parties, purpose and legs of a partnership that somebody asks the funder to enter (R1)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, ValidationInfo, model_validator

from domain.grants import (
    BenefitFacts,
    Community,
    EquivalencyDetermination,
    Exchange,
    FundPart,
    InKind,
    Instalment,
    Interest,
    KnownChange,
    Licence,
    NoPrivateBenefit,
    ObjectiveCode,
    PayeeSupport,
    Place,
    Programme,
    Regrant,
    RestrictedMoney,
    Restriction,
    Sponsorship,
    Subrecipient,
    Succession,
    TranchePlan,
    UseOfFunds,
    fund_of_gift,
)
from domain.parties import Funder, Name, Party
from domain.plans import Contact, Indicator, Period, PlannedReport, SectorCode, TrancheNumber, plan_fault
from domain.values import (
    RECORDED,
    CommunityName,
    FunderId,
    FundId,
    Money,
    OneLine,
    PartnershipId,
    Printable,
    ReadAs,
    Sentence,
    Since,
    Value,
    is_empty,
    is_false,
    is_none,
    minor_digits,
)

LARGEST_SUM: Final = Decimal(10) ** 15
"""The upper limit of a leg's total, exclusive: a smaller sum is exact in every format (ISO 20022: 18 digits in all)."""


class Direction(StrEnum):
    """The direction in which money moves on a leg (R1)."""

    FUNDS_OUT = "FUNDS_OUT"
    FUNDS_IN = "FUNDS_IN"
    NON_MONETARY = "NON_MONETARY"


class PublicInterest(Value):
    """The public interest that the partnership serves, and the community that benefits (R4, R6)."""

    mission_objective: Sentence = Field(description="The objective of the funder's mission that this advances")
    community_served: CommunityName = Field(description="The community that benefits, named: who and where")
    statement: Sentence = Field(description="How the project serves that community rather than the parties")
    objective: Annotated[ObjectiveCode | None, Since("2026.4")] = Field(
        default=None, description="The objective, by its code in the organisation's list", exclude_if=is_none
    )
    community: Annotated[Community | None, Since("2026.4")] = Field(
        default=None, description="The community in codes: kind, places, number", exclude_if=is_none
    )
    indicators: Annotated[tuple[Indicator, ...], Since("2026.4")] = Field(
        default=(), description="By what reports say what was achieved", exclude_if=is_empty
    )
    sector: Annotated[SectorCode | None, Since("2026.4")] = Field(
        default=None, description="The purpose code of the OECD's DAC", exclude_if=is_none
    )

    @model_validator(mode="after")
    def _indicators_are_numbered(self) -> Self:
        if [indicator.number for indicator in self.indicators] != list(range(1, len(self.indicators) + 1)):
            raise ValueError("indicators must be numbered 1, 2, 3 ... in order")
        return self


class FundsOut(Value):
    """Money from the funder to a payee, in tranches that add up to the whole."""

    funder: FunderId
    payee: Party
    tranches: Annotated[tuple[TranchePlan, ...], Field(min_length=1, max_length=99)]
    purpose: Sentence
    alignment: Sentence | None = Field(
        default=None, description="How grantee and project carry out the supported organisation's purposes"
    )
    equivalency: EquivalencyDetermination | None = None
    final_report: bool = Field(default=True, description="Whether the partnership closes only after a final report")
    sponsorship: Annotated[Sponsorship | None, Since("2026.2")] = Field(
        default=None, description="Where the payee takes on somebody else's project as its own"
    )
    regrant: Annotated[Regrant | None, Since("2026.2")] = Field(
        default=None, description="Where the payee supports other non-profit projects with the money"
    )
    benefit: Annotated[BenefitFacts | None, Since("2026.2")] = Field(
        default=None, description="Who benefits beside the community, where a private party may"
    )
    exchange: Annotated[Exchange | None, Since("2026.2")] = Field(
        default=None, description="Where the money builds an Internet exchange point"
    )
    uses: Annotated[tuple[UseOfFunds, ...], Since("2026.2"), ReadAs("2026.5", (UseOfFunds.PROGRAMME.value,))] = Field(
        default=(), description="What the money is spent on", exclude_if=is_empty
    )
    charged_to: Annotated[RestrictedMoney | None, Since("2026.2")] = Field(
        default=None, description="The restricted gift that pays for it, if one does"
    )
    known_changes: Annotated[tuple[KnownChange, ...], Since("2026.2")] = Field(
        default=(), description="Changes in the payee's status that the funder knew of before they were published"
    )
    controlled_by_insider: Annotated[bool | None, Since("2026.2"), ReadAs("2026.5", False)] = Field(
        default=None,
        description="Whether a disqualified person of the funder controls the payee or what it supports",
        exclude_if=is_none,
    )

    no_private_benefit: Annotated[NoPrivateBenefit | None, Since("2026.4")] = Field(
        default=None, description="Without `benefit`: the reason why no private party benefits", exclude_if=is_none
    )
    programme: Annotated[Programme | None, Since("2026.4")] = Field(
        default=None, description="The funder's programme that pays for it", exclude_if=is_none
    )
    places: Annotated[tuple[Place, ...], Since("2026.4")] = Field(
        default=(), description="The places of activity, beside where the payee is", exclude_if=is_empty
    )
    licence: Annotated[Licence | None, Since("2026.4")] = Field(
        default=None, description="The licence that covers an embargoed place", exclude_if=is_none
    )
    support: Annotated[PayeeSupport | None, Since("2026.4")] = Field(
        default=None, description="The payee's support over four years, where the grant is large", exclude_if=is_none
    )
    requested: Annotated[Money | None, Since("2026.4")] = Field(
        default=None, description="The sum that the payee asked for, where another one is proposed", exclude_if=is_none
    )
    funds: Annotated[tuple[FundPart, ...], Since("2026.4"), Field(max_length=9)] = Field(
        default=(), description="The funds that pay for it, in parts or in their order", exclude_if=is_empty
    )
    barrier: Annotated[Sentence | None, Since("2026.4")] = Field(
        default=None,
        description="What must be met before it is owed, with a right of return: a conditional grant (ASU 2018-08)",
        exclude_if=is_none,
    )
    barrier_holds: Annotated[tuple[TrancheNumber, ...], Since("2026.5"), Field(max_length=99)] = Field(
        default=(), description="The tranches that wait until the barrier is met; without any, all", exclude_if=is_empty
    )
    succession: Annotated[Succession | None, Since("2026.5")] = Field(
        default=None,
        description="Where another body takes the agreement over from a payee that was paid already",
        exclude_if=is_none,
    )
    waits_for_gift: Annotated[bool, Since("2026.4")] = Field(
        default=False,
        exclude_if=is_false,
        description="Whether each tranche waits until as much of the partnership's own gift has come in",
    )

    @property
    def total(self) -> Money:
        """The sum of all tranches."""
        return Money(amount=sum(plan.money.amount for plan in self.tranches), currency=self.currency)

    @property
    def left(self) -> Money:
        """The sum of all tranches, without what was paid to another payee before this one took over."""
        paid = self.succession.paid if self.succession is not None else Decimal(0)
        return Money(amount=max(Decimal(0), self.total.amount - paid), currency=self.currency)

    @property
    def currency(self) -> str:
        """The currency of all tranches."""
        return self.tranches[0].money.currency

    @property
    def parts(self) -> tuple[FundPart, ...]:
        """The funds that pay for it. A gift that is charged pays out of its own fund. Empty if none is named."""
        return (FundPart(fund=fund_of_gift(self.charged_to.gift)),) if self.charged_to else self.funds

    @property
    def supported(self) -> tuple[Party, ...]:
        """The sub-recipients, and the owner of a project that the payee takes on."""
        sponsored = (self.sponsorship.project_of,) if self.sponsorship else ()
        parties = tuple(subrecipient.party for subrecipient in self.regrant.subrecipients) if self.regrant else ()
        return (*sponsored, *parties)

    def waits_for_barrier(self, tranche: int) -> bool:
        """True if a barrier must be met before a tranche is paid."""
        return self.barrier is not None and (not self.barrier_holds or tranche in self.barrier_holds)

    @model_validator(mode="after")
    def _barrier_holds_what_is_planned(self) -> Self:
        if self.barrier_holds and self.barrier is None:
            raise ValueError("barrier_holds: no barrier is given; add `barrier`, what must be met, or leave it out")
        planned = {plan.number for plan in self.tranches}
        if unknown := [number for number in self.barrier_holds if number not in planned]:
            raise ValueError(f"barrier_holds: tranche {unknown[0]} is not planned; name planned ones, or none for all")
        return self

    @model_validator(mode="after")
    def _funds_pay_it_once(self) -> Self:
        if not self.funds:
            return self
        named, sums = [part.fund for part in self.funds], [fund.amount for fund in self.funds]
        if self.charged_to is not None:
            raise ValueError("funds: a gift is charged already; leave `charged_to` out, and name its fund here")
        if twice := {one for one in named if named.count(one) > 1}:
            raise ValueError(f"funds: {min(twice)} is named twice; give it one part")
        if None in sums and any(sums):
            raise ValueError("funds: give each fund its part, or none of them, so that they pay in their order")
        parts = [amount for amount in sums if amount is not None]
        digits = minor_digits(self.total.currency)
        if odd := [part for part in parts if part != round(part, digits)]:
            raise ValueError(f"funds: {odd[0]} has more decimals than {self.total.currency} has, {digits}")
        if parts and sum(parts) != self.total.amount:
            raise ValueError(f"funds: the parts are {sum(parts):,} together, and the tranches {self.total.amount:,}")
        return self

    @model_validator(mode="after")
    def _support_is_in_the_same_currency(self) -> Self:
        if self.support is not None and self.support.total.currency != self.tranches[0].money.currency:
            raise ValueError(f"give the payee's support in {self.tranches[0].money.currency}, as the tranches")
        return self

    @model_validator(mode="after")
    def _requested_is_in_the_same_currency(self) -> Self:
        if self.requested is not None and self.requested.currency != self.tranches[0].money.currency:
            raise ValueError(f"give the requested sum in {self.tranches[0].money.currency}, as the tranches")
        return self

    @model_validator(mode="after")
    def _tranches_are_one_series(self) -> Self:
        if [plan.number for plan in self.tranches] != list(range(1, len(self.tranches) + 1)):
            raise ValueError("tranches must be numbered 1, 2, 3 ... in order")
        if len({plan.money.currency for plan in self.tranches}) != 1:
            raise ValueError("all tranches of a leg must be in one currency")
        if sum(plan.money.amount for plan in self.tranches) >= LARGEST_SUM:
            raise ValueError(f"the tranches together exceed the largest sum that can be paid, {LARGEST_SUM:,}")
        return self


class GiftKind(StrEnum):
    """The kind of a donor's payment."""

    GIFT = "GIFT"
    SPONSORSHIP = "SPONSORSHIP"
    """A payment by a person in business, acknowledged by name and logo (IRC 513(i))."""


class FundsIn(Value):
    """Money from a donor to the funder (rules 2.11)."""

    funder: FunderId
    donor: Party
    money: Money
    restricted_to: Sentence | None = Field(default=None, description="The purpose the donor earmarks it for, if any")
    restriction: Annotated[Restriction | None, Since("2026.4")] = Field(
        default=None, description="The same in parts that can be compared", exclude_if=is_none
    )
    into: Annotated[FundId | None, Since("2026.4")] = Field(
        default=None, description="Without a restriction: the fund that it goes to", exclude_if=is_none
    )
    in_kind: Annotated[InKind | None, Since("2026.4")] = Field(
        default=None, description="For goods or services: what is given, and how it was valued", exclude_if=is_none
    )
    schedule: Annotated[tuple[Instalment, ...], Since("2026.4"), Field(max_length=60)] = Field(
        default=(), description="A pledge's instalments, each with its day", exclude_if=is_empty
    )
    influences_priorities: Annotated[bool | None, ReadAs("2026.5", False)] = Field(
        default=None,
        description="Whether the gift depends on a policy position, a priority or a choice of vendor",
        exclude_if=is_none,
    )
    conduit_to: Name | None = Field(default=None, description="A third party that the donor says must get the money")
    names_receiver: Annotated[bool | None, Since("2026.5")] = Field(
        default=None, description="Whether the donor says who must get the money", exclude_if=is_none
    )
    gets_in_return: Annotated[bool | None, Since("2026.5")] = Field(
        default=None, description="Whether the donor gets goods, services or a benefit in return", exclude_if=is_none
    )
    kind: Annotated[GiftKind, Since("2026.2")] = Field(
        default=GiftKind.GIFT, description="A gift, or a sponsorship payment by a business"
    )
    benefit: Annotated[Money | None, Since("2026.2")] = Field(
        default=None, description="Fair value of what the donor gets in return, in the gift's currency"
    )
    advertising: Annotated[bool | None, Since("2026.2"), ReadAs("2026.5", False)] = Field(
        default=None,
        description="Whether the return is advertising or an exclusive deal, not acknowledgement",
        exclude_if=is_none,
    )
    contingent: Annotated[bool | None, Since("2026.2"), ReadAs("2026.5", False)] = Field(
        default=None, description="Whether the amount depends on attendance or ratings", exclude_if=is_none
    )

    @property
    def is_restricted(self) -> bool:
        """True if the donor says what it is for, in words or in parts."""
        return self.restricted_to is not None or self.restriction is not None

    @model_validator(mode="after")
    def _goes_to_one_fund(self) -> Self:
        if self.into is not None and (self.is_restricted or self.in_kind is not None):
            raise ValueError("into: a restricted gift has a fund of its own, and goods go to none; leave it out")
        return self

    @model_validator(mode="after")
    def _instalments_are_the_gift(self) -> Self:
        if self.schedule and self.in_kind is not None:
            raise ValueError("schedule: a gift in kind comes in no instalments of money; leave it out")
        if self.schedule and sum(instalment.amount for instalment in self.schedule) != self.money.amount:
            whole = sum(instalment.amount for instalment in self.schedule)
            raise ValueError(f"schedule: the instalments are {whole:,} together, and the gift is {self.money}")
        days = [instalment.due_on for instalment in self.schedule]
        if days != sorted(days):
            raise ValueError("schedule: give the instalments in the order of their days")
        return self

    @model_validator(mode="after")
    def _answers_agree(self) -> Self:
        if self.names_receiver is False and self.conduit_to is not None:
            raise ValueError("names_receiver: it says no, and `conduit_to` names one; leave out which is wrong")
        if self.gets_in_return is False and self.benefit is not None:
            raise ValueError("gets_in_return: it says no, and `benefit` has a value; leave out which is wrong")
        return self

    @model_validator(mode="after")
    def _benefit_is_in_the_same_currency(self) -> Self:
        if self.benefit is not None and self.benefit.currency != self.money.currency:
            raise ValueError(f"value what the donor gets in return in {self.money.currency}, as the gift itself")
        return self


class NonMonetary(Value):
    """Joint work without money: no payment is ever possible on this leg (C29)."""

    funder: FunderId
    activity: Sentence
    alignment: Annotated[Sentence | None, Since("2026.2")] = Field(
        default=None, description="How the activity carries out the supported organisation's purposes"
    )
    places: Annotated[tuple[Place, ...], Since("2026.4")] = Field(
        default=(), description="The places of activity", exclude_if=is_empty
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
        named = [self.partner]
        named += [self.funds_out.payee, *self.funds_out.supported] if self.funds_out else []
        named += [self.funds_out.succession.of] if self.funds_out and self.funds_out.succession else []
        named += [self.funds_in.donor] if self.funds_in else []
        return tuple(dict.fromkeys(named))

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
