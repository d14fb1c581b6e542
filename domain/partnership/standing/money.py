"""Money of a partnership: paid, received, back again, and reported."""

from __future__ import annotations

from decimal import Decimal

from domain.partnership.refund.refunds import Place, came_from_grantee, confirmed, taken_by_the_bank, went_out_again
from domain.partnership.stages import Stage
from domain.partnership.standing.parts import IN_FLIGHT, TrancheProgress, TrancheState
from domain.partnership.standing.people import TakingPart
from domain.policy.programmes import blocked
from domain.proposal import Direction


class Paid(TakingPart):
    """A partnership, by its money."""

    @property
    def paid_or_in_flight(self) -> Decimal:
        """The sum of settled payments, less what came back, and payments in flight."""
        return sum((tranche.out for tranche in self.tranches), Decimal(0))

    @property
    def committed(self) -> Decimal:
        """The committed amount: all tranches but what was given up.

        Once the money out has ended, it is only what was paid or is in flight.
        """
        over = self.ended or Direction.FUNDS_OUT in self.ended_legs
        planned_sums = (max(tranche.out, tranche.money.amount - tranche.given_up) for tranche in self.tranches)
        return self.paid_or_in_flight if over else sum(planned_sums, Decimal(0))

    @property
    def in_flight(self) -> bool:
        """True if a payment was released and has not ended."""
        return any(tranche.state in IN_FLIGHT for tranche in self.tranches)

    @property
    def at_the_bank(self) -> bool:
        """True if a payment was handed over and has not ended."""
        return any(tranche.state is TrancheState.HANDED_OVER for tranche in self.tranches)

    @property
    def unpaid(self) -> tuple[TrancheProgress, ...]:
        """The planned payments that have not settled or are short, or none once the money out has ended alone."""
        over = Direction.FUNDS_OUT in self.ended_legs
        return () if over else tuple(tranche for tranche in self.tranches if tranche.state is not TrancheState.SETTLED)

    @property
    def came_back_since(self) -> tuple[TrancheProgress, ...]:
        """The payments that came back after the close: each is paid again, or given up, by a person's decision."""
        after_close = self.stage is Stage.CLOSED
        return tuple(tranche for tranche in self.tranches if after_close and tranche.state is TrancheState.RETURNED)

    @property
    def awaits_money(self) -> bool:
        """True if money is still expected from a donor."""
        gift = self.proposed.funds_in
        if gift is None or gift.in_kind is not None or Direction.FUNDS_IN in self.ended_legs:
            return False
        return self.received < gift.money.amount

    @property
    def kept_on_record(self) -> Decimal:
        """The money that came in and was neither paid back to its donor nor moved into a blocked account."""
        return self.received - went_out_again(self.refunds)

    @property
    def kept(self) -> Decimal:
        """The same, less what the bank took back of it by its own word."""
        return max(self.kept_on_record - taken_by_the_bank(self.taken_back, self.refunds), Decimal(0))

    @property
    def donor_is_blocked(self) -> bool:
        """True if the newest look confirms that the donor is on a list that blocks all it has, or is owned by such."""
        gift, verification = self.proposal.funds_in if self.proposal is not None else None, self.verification
        return (
            gift is not None and verification is not None and bool(blocked(gift.donor, verification.screening.matches))
        )

    @property
    def to_block(self) -> Decimal:
        """The money from a donor that is blocked, not in a blocked account yet: nobody spends it."""
        return self.kept if self.donor_is_blocked else Decimal(0)

    @property
    def usable(self) -> Decimal:
        """The money that came in, was not paid back, and may be spent."""
        return self.kept - self.to_block

    @property
    def waits_for_gift(self) -> bool:
        """True if the next tranche waits until more of the partnership's own gift has come in."""
        out = self.proposed.funds_out
        if out is None or not out.waits_for_gift or not self.unpaid:
            return False
        return self.usable < self.paid_or_in_flight + self.unpaid[0].remainder

    @property
    def owes_a_final_report(self) -> bool:
        """True if the partnership closes only after a final report was accepted."""
        proposal, directions = self.proposed, self.ended_legs
        joint = proposal.non_monetary is not None and Direction.NON_MONETARY not in directions
        without_payment = Direction.FUNDS_OUT in directions and not self.settled_sum
        return joint or (proposal.funds_out is not None and proposal.funds_out.final_report and not without_payment)

    @property
    def settled_sum(self) -> Decimal:
        """The sum of the payments that the bank made, before anything of the newest attempts came back."""
        return sum((tranche.paid_before + tranche.newest_paid for tranche in self.tranches), Decimal(0))

    @property
    def taken_on_the_way(self) -> Decimal:
        """The charges that banks took from what arrived, by the bank's word. What was granted stays what it is."""
        return sum((tranche.taken_on_the_way for tranche in self.tranches), Decimal(0))

    @property
    def settled(self) -> dict[Place, Decimal]:
        """The sum that each attempt paid, by (tranche, attempt), less what came back of it through the bank."""
        return {(tranche.number, attempt): sum_ for tranche in self.tranches for attempt, sum_ in tranche.paid_sums}

    @property
    def came_back(self) -> Decimal:
        """The money back from the settled payments: through the bank in part, or paid back by one person's word."""
        return self.settled_sum - sum(self.settled.values(), Decimal(0)) + came_from_grantee(self.refunds, self.settled)

    @property
    def spent(self) -> Decimal:
        """The sum that was paid and did not come back, by the bank's word and by two people's signatures."""
        paid_sums = self.settled
        if not paid_sums:
            return Decimal(0)
        back = came_from_grantee(confirmed(self.refunds), paid_sums)
        return max(Decimal(0), sum(paid_sums.values(), Decimal(0)) - back)

    @property
    def overpaid(self) -> Decimal:
        """The sum that was paid beyond the plan and did not come back through the bank."""
        return sum((tranche.overpaid for tranche in self.tranches), Decimal(0))

    @property
    def overpaid_back(self) -> Decimal:
        """The part of it that the grantee paid back since, as two people signed."""
        if self.overpayment is None:
            return Decimal(0)
        back = came_from_grantee(confirmed(self.refunds), self.settled) - self.overpayment.owed_before
        return max(Decimal(0), min(back, self.overpaid - self.overpayment.waived_sum))

    @property
    def overpaid_open(self) -> Decimal:
        """The part of it that is not back, and that no two people let the grantee keep."""
        if self.overpayment is None:
            return Decimal(0)
        return max(Decimal(0), self.overpaid - self.overpayment.waived_sum - self.overpaid_back)

    @property
    def unspent(self) -> Decimal:
        """The sum that accepted reports call unspent, or that is not allowed, and that nobody says is back."""
        return max(Decimal(0), self.reporting.owed_back - self.came_back)

    @property
    def unspent_for_sure(self) -> Decimal:
        """The same, where a refund counts only once a second person has confirmed it."""
        return max(Decimal(0), self.reporting.owed_back - (self.settled_sum - self.spent))
