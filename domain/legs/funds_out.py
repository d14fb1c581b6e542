"""Money out: what a funder pays to a payee, in tranches, and what the payee says of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from domain.budgets.lines import GrantBudget
from domain.budgets.milestones import Milestone, milestone_faults
from domain.grants import (
    BenefitFacts,
    EquivalencyDetermination,
    Exchange,
    FundPart,
    KnownChange,
    Licence,
    NoPrivateBenefit,
    PayeeSupport,
    Place,
    Programme,
    Regrant,
    RestrictedMoney,
    Sponsorship,
    Succession,
    TranchePlan,
    UseOfFunds,
    fund_of_gift,
)
from domain.keeping import memo
from domain.legs.direction import LARGEST_SUM
from domain.parties import Party
from domain.plans import TrancheNumber
from domain.values import (
    RECORDED,
    FunderId,
    Money,
    ReadAs,
    Sentence,
    Since,
    Value,
    is_empty,
    is_false,
    is_none,
    minor_digits,
)


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
    budget: Annotated[GrantBudget | None, Since("2026.6")] = Field(
        default=None, description="What the money is spent on, by line and period", exclude_if=is_none
    )
    milestones: Annotated[tuple[Milestone, ...], Since("2026.6"), Field(max_length=99)] = Field(
        default=(), description="The work plan: what is done by when, and what waits for it", exclude_if=is_empty
    )

    @property
    def total(self) -> Money:
        """The sum of all tranches."""
        return _total(self)

    @property
    def amount(self) -> Decimal:
        """The sum of all tranches, in their currency."""
        return sum((plan.money.amount for plan in self.tranches), Decimal(0))

    @property
    def left(self) -> Money:
        """The sum of all tranches, without what was paid to another payee before this one took over."""
        paid = self.succession.paid if self.succession is not None else Decimal(0)
        return Money(amount=max(Decimal(0), self.amount - paid), currency=self.currency)

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
    def _budget_is_the_grant(self, info: ValidationInfo) -> Self:
        if self.budget is None or info.context is RECORDED:  # it was
            return self
        if fault := self.budget.fault_of(self.total):
            raise ValueError(str(fault))
        return self

    @model_validator(mode="after")
    def _work_plan_is_possible(self) -> Self:
        if not self.milestones:
            return self
        if fault := next(milestone_faults(self.milestones, {plan.number: plan.due_on for plan in self.tranches}), None):
            raise ValueError(str(fault))
        if self.barrier is not None and any(milestone.barrier for milestone in self.milestones):
            raise ValueError("barrier: a milestone is one already; say it once, as `barrier` or as a milestone")
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


@memo
def _total(out: FundsOut) -> Money:
    return Money(amount=out.amount, currency=out.currency)
