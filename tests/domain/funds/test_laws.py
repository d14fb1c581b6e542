"""Whatever happens to several funds and many partnerships in whatever order: what must always hold (R15, R39)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import FundsShort
from domain.funds import events as f
from domain.funds.booking import FundBooking, book, follow
from domain.funds.changes import change_fault
from domain.funds.claims import claims_of, fund_of_own_gift, funds_of
from domain.funds.fund import NONE, ZERO, Fund, evolve
from domain.funds.transfers import all_with_transfers
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.evolution import evolve as evolve_partnership
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheState
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import NOON, funds_out
from tests.domain.funds.test_fund import changed, opened, received, reversed_
from tests.domain.funds.turns import turn
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import Story
from tests.thoroughness import draws

YEAR, LIBRARIES, RESERVE = FUNDS = ("FD-2026-YEAR", "FD-2026-LIBRARIES", "FD-2026-RESERVE")
REFERENCES = tuple(f"P-2026-{n}" for n in range(4001, 4006))
GIFT = "P-2026-0007"
ENDS = {
    TrancheState.RELEASED: TrancheOutcome.WITHHELD, TrancheState.HANDED_OVER: TrancheOutcome.SETTLED,
    TrancheState.SETTLED: TrancheOutcome.RETURNED,
}  # fmt: skip

references, sums = st.sampled_from(REFERENCES), st.integers(1, 900).map(Decimal)
named = st.lists(st.sampled_from(FUNDS), min_size=1, max_size=3, unique=True)
plans = st.lists(st.integers(50, 600), min_size=1, max_size=3)


def money_out(names: list[str], plan: list[int], parts: bool) -> dict[str, Any]:
    """Money out that funds pay in their order or, if there are as many sums, each its part."""
    by_parts = parts and len(names) == len(plan)
    funds = [{"fund": one, **({"amount": str(plan[n])} if by_parts else {})} for n, one in enumerate(names)]
    content = funds_out(*map(str, plan), funds=funds, programme="Libraries", final_report=False)
    return {"funds_out": content}


class Money(RuleBasedStateMachine):
    """Several funds, and partnerships that they pay. Each step is booked as the worker books it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.funds: dict[str, Fund] = {}
        self.stories: dict[str, Story] = {}
        self.behind: set[str] = set()
        """Partnerships whose state asks for more than their funds keep: they lapsed, or their funds were short."""
        self.forced: set[str] = set()
        """Funds of which a gift fell, or of which the bank paid what they did not have."""

    @initialize(amounts=st.lists(st.integers(500, 4000), min_size=3, max_size=3))
    def funds_are_opened(self, amounts: list[int]) -> None:
        year, libraries, reserve = map(Decimal, amounts)
        self.fund_hears(YEAR, opened(), *changed(f.OpeningBalance(amount=year)))
        self.fund_hears(LIBRARIES, opened(f.FundKind.PROGRAMME), *changed(f.Budget(amount=libraries)))
        self.fund_hears(RESERVE, opened(), *changed(f.OpeningBalance(amount=reserve)))

    @initialize(
        made=st.lists(st.tuples(named, plans, st.booleans()), min_size=len(REFERENCES), max_size=len(REFERENCES))
    )
    def partnerships_are_proposed(self, made: list[tuple[list[str], list[int], bool]]) -> None:
        for reference, (names, plan, parts) in zip(REFERENCES, made, strict=True):
            proposed = s.propose(reference=reference, **money_out(names, plan, parts))
            story = Story(Partnership(partnership_id=reference))
            self.stories[reference] = story.given(proposed, s.verify(), s.assess(), s.approve("femi.ade"))
            self.partnership_hears(reference, self.stories[reference].history)

    # Partnerships

    @rule(reference=references, steps=st.sampled_from([1, 1, 2, 3, 8]))
    def a_partnership_goes_on(self, reference: str, steps: int) -> None:
        """It is approved, agreed and paid, as far as its funds let it."""
        for _ in range(steps):
            self.go_on(reference)

    @rule(steps=st.sampled_from([1, 1, 3]))
    def all_go_on(self, steps: int) -> None:
        for reference in REFERENCES:
            self.a_partnership_goes_on(reference, steps)

    def go_on(self, reference: str) -> None:
        known = self.stories[reference].partnership
        match known.stage:
            case Stage.DUE_DILIGENCE:
                self.tell(reference, s.verify())
            case Stage.ELIGIBILITY:
                self.tell(reference, s.assess())
            case Stage.APPROVAL:
                self.ask(reference, s.approve("ana.silva"), s.approve("femi.ade"))
            case Stage.AGREEMENT:
                self.ask(reference, s.sign())
            case Stage.ACTIVE:
                self.pay(reference, known)
            case _:
                pass

    def pay(self, reference: str, known: Partnership) -> None:
        """A payment on its way is handed over and settles, or else the next tranche is released."""
        flying = [one for one in known.tranches if one.state in IN_FLIGHT]
        if flying:
            self.a_payment_goes_on(reference, flying[0].number, rejected=False)
        elif known.unpaid:
            self.ask(reference, s.release(known.unpaid[0].number))

    @rule(reference=references, names=st.none() | named, plan=plans)
    def somebody_amends(self, reference: str, names: list[str] | None, plan: list[int]) -> None:
        known = self.stories[reference].partnership
        begun = [int(one.money.amount) for one in known.tranches if one.state is not TrancheState.PLANNED]
        same = [one.fund for one in known.proposed.funds_out.parts]
        content = money_out(names or same, [*begun, *plan[len(begun) :]], parts=False)
        self.ask(reference, s.amend(reference=reference, **content))

    @rule(reference=references, ends=st.sampled_from([s.withdraw, s.terminate, s.decline]))
    def somebody_ends_it(self, reference: str, ends: Any) -> None:
        self.ask(reference, ends())

    @rule(reference=references, change=st.sampled_from([s.hold, s.lift]))
    def a_hold_comes_or_goes(self, reference: str, change: Any) -> None:
        self.ask(reference, change())

    @rule(reference=references, amount=st.integers(1, 300), bank=st.integers(1, 4))
    def the_grantee_pays_back(self, reference: str, amount: int, bank: int) -> None:
        self.ask(reference, s.refund(str(amount), f"BANK-R{bank}"))
        self.ask(reference, s.confirm_refund(f"BANK-R{bank}"))

    @rule(reference=references, fallen=st.sampled_from(["ana.silva", "femi.ade"]))
    def an_approval_falls(self, reference: str, fallen: str) -> None:
        self.tell(reference, s.fall(fallen, Part.APPROVED))

    # The bank

    @rule(reference=references, tranche=st.integers(1, 3), rejected=st.booleans())
    def a_payment_goes_on(self, reference: str, tranche: int, rejected: bool) -> None:
        known = self.stories[reference].partnership.tranche(tranche)
        if known is None or known.state not in ENDS:
            return
        if known.state is TrancheState.RELEASED and not rejected:
            self.bank_says(reference, s.hand_over(tranche, known.attempt))
            return
        outcome = ENDS[known.state]
        rejects = rejected and known.state is TrancheState.HANDED_OVER
        self.bank_says(reference, s.ended(TrancheOutcome.REJECTED if rejects else outcome, tranche, known.attempt))

    # The funds

    @rule(fund=st.sampled_from(FUNDS), amount=sums)
    def a_gift_comes_in(self, fund: str, amount: Decimal) -> None:
        self.fund_hears(fund, received(str(amount), GIFT))

    @rule(fund=st.sampled_from(FUNDS), amount=sums)
    def a_gift_is_taken_back(self, fund: str, amount: Decimal) -> None:
        taken = min(amount, self.funds[fund].gifts.get(GIFT, ZERO))
        if taken:
            self.fund_hears(fund, reversed_(str(taken), GIFT))
            self.forced.add(fund)

    @rule(amount=sums)
    def the_budget_changes(self, amount: Decimal) -> None:
        self.change(LIBRARIES, f.Budget(amount=amount))

    @rule(fund=st.sampled_from(FUNDS), to=st.sampled_from(FUNDS), amount=sums)
    def money_is_transferred(self, fund: str, to: str, amount: Decimal) -> None:
        if self.change(fund, f.Transfer(to=to, amount=amount)):
            change_id = [*self.funds[fund].sent][-1]
            moved = f.MoneyMovedIn(at=self.now, from_fund=fund, amount=amount, change_id=change_id)
            self.fund_hears(to, moved)
            self.funds = {one.fund_id: one for one in all_with_transfers(self.funds.values())}

    @rule(fund=st.sampled_from(FUNDS), amount=sums)
    def an_overdraft_is_agreed(self, fund: str, amount: Decimal) -> None:
        self.change(fund, f.Overdraft(amount=amount))

    @rule(days=st.sampled_from([1, 10, 40, 70]))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    # How it is booked

    def at_present(self, command: Any) -> c.AnyCommand:
        """The command at the machine's time."""
        changed_: c.AnyCommand = command.model_copy(update={"at": self.now})
        return changed_

    def ask(self, reference: str, *commands: c.AnyCommand) -> None:
        """A person asks, for the first of these that the rules allow. The funds may refuse it."""
        for command in commands:
            story = self.decided(reference, command)
            if story is None:
                continue
            try:
                booking = book(turn(story.partnership, self.now), self.of(story.partnership), on_request=True)
            except FundsShort:
                return  # nothing is recorded, neither in the partnership nor in a fund
            self.record(story, booking, asked=True)
            self.behind.discard(reference)
            return

    def tell(self, reference: str, command: c.AnyCommand) -> None:
        """Something follows from time or from a register."""
        story = self.decided(reference, command)
        if story is not None:
            self.record(
                story,
                book(turn(story.partnership, self.now), self.of(story.partnership), on_request=False),
                asked=False,
            )

    def bank_says(self, reference: str, command: c.AnyCommand) -> None:
        """The bank's word is recorded at the counter, whatever the funds hold."""
        story = self.decided(reference, command)
        if story is not None:
            self.record(story, follow(turn(story.partnership, self.now), self.of(story.partnership)), asked=False)

    def decided(self, reference: str, command: c.AnyCommand) -> Story | None:
        after = self.stories[reference].when(self.at_present(command))
        return after if after.said else None

    def of(self, partnership: Partnership) -> dict[str, Fund]:
        return {one: self.funds[one] for one in funds_of(partnership)}

    def record(self, story: Story, booking: FundBooking, *, asked: bool) -> None:
        before = self.of(story.partnership)
        told = () if booking.allotted is None else (booking.allotted,)
        self.partnership_hears(story.partnership.partnership_id, (*story.said, *told))
        for name, events in booking.movements.items():
            self.fund_hears(name, *events)
        known = reduce(evolve_partnership, told, story.partnership)
        self.stories[known.partnership_id] = story._replace(partnership=known)
        if not asked:
            self.note_what_is_behind(known, before)
        self.require_idempotence(known, asked=asked)

    def note_what_is_behind(self, partnership: Partnership, before: dict[str, Fund]) -> None:
        """Without a person asking no fund is drawn on anew but by the bank: then the partnership is short."""
        wanted, reference = claims_of(partnership), partnership.partnership_id
        if any(self.funds[name].claim(reference) != claim for name, claim in wanted.items()):
            self.behind.add(reference)
        for name, fund in before.items():
            if self.funds[name].claim(reference).spent > fund.claim(reference).at(self.now).whole:
                self.forced.add(name)

    def require_idempotence(self, partnership: Partnership, *, asked: bool) -> None:
        funds = self.of(partnership)
        assert not follow(turn(partnership, self.now), funds).movements
        if asked:
            again = book(turn(partnership, self.now), funds, on_request=True)
            assert (again.allotted, again.movements) == (None, {})

    def change(self, fund: str, change: f.Change) -> bool:
        """Two people sign a change, unless it is refused."""
        if change_fault(self.funds[fund], change, self.now, self.funds):
            return False
        name = f"{fund} {self.funds[fund].version}"
        self.fund_hears(fund, *changed(change, name))
        return True

    def fund_hears(self, name: str, *events: f.AnyFundEvent) -> None:
        """These events of a fund are recorded."""
        self.funds[name] = reduce(evolve, events, self.funds.get(name) or Fund(name))

    def partnership_hears(self, reference: str, events: tuple[e.Event, ...]) -> None:
        """These events of a partnership are recorded. It is for whoever listens: its story knows them."""

    # What must hold

    @invariant()
    def what_was_granted_is_somewhere(self) -> None:
        for fund in self.funds.values():
            has = fund.balance(self.now)
            assert has.granted == has.reserved + has.committed + has.spent + has.available
            assert has.reserved == sum((one.at(self.now).reserved for one in fund.claims.values()), ZERO)
            assert fund.next_lapse == first_lapse(fund)

    @invariant()
    def no_claim_is_below_zero(self) -> None:
        for fund in self.funds.values():
            assert all(min(one.reserved, one.committed, one.spent) >= 0 for one in fund.claims.values())

    @invariant()
    def each_fund_keeps_what_each_partnership_says(self) -> None:
        for reference, story in self.stories.items():
            wanted = claims_of(story.partnership)
            for name, fund in self.funds.items():
                if reference not in self.behind:
                    assert fund.claim(reference) == wanted.get(name, NONE), (reference, name)
            assert fund_of_own_gift(story.partnership) is None

    @invariant()
    def no_more_than_there_is_is_promised(self) -> None:
        for name, fund in self.funds.items():
            if name not in self.forced:
                assert fund.available(self.now) >= 0, name
                assert fund.uncovered(self.now) == {}

    @invariant()
    def what_cannot_be_paid_is_what_is_lacking(self) -> None:
        for fund in self.funds.values():
            lacking = max(ZERO, -fund.available(self.now))
            unspent = sum((one.at(self.now).unspent for one in fund.claims.values()), ZERO)
            assert sum(fund.uncovered(self.now).values(), ZERO) == min(lacking, unspent)


def first_lapse(fund: Fund) -> datetime | None:
    limits = [one.until for one in fund.claims.values() if one.reserved and one.until is not None]
    return min(limits, default=None)


TestMoney = Money.TestCase
TestMoney.settings = settings(
    max_examples=draws(150), stateful_step_count=50, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)  # fmt: skip
