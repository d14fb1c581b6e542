"""An overpayment: what a grantee was paid beyond the plan, since when, and who lets it stay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from domain.partnership.standing.instalments import RestAgreement
from domain.values import Value, is_empty, is_zero


class Overpayment(Value):
    """The money that a grantee has beyond the plan, such as where the bank booked two attempts to pay one tranche."""

    since: date
    """The day since which something of it is open."""
    owed_before: Decimal = Field(default=Decimal(0), exclude_if=is_zero)
    """The sum that the grantee had paid back, or owed by its reports, by then. A refund meets that first."""
    waivers: tuple[RestAgreement, ...] = Field(default=(), exclude_if=is_empty)
    """The words of people that what is open stays with the grantee, as long as one alone signed."""
    waived_sum: Decimal = Field(default=Decimal(0), exclude_if=is_zero)
    """The sum that two people let the grantee keep."""

    def signers(self, open_sum: Decimal) -> tuple[str, ...]:
        """Return the people who let the grantee keep what is open, as it is now."""
        return tuple(dict.fromkeys(waiver.actor for waiver in self.waivers if waiver.remainder == open_sum))

    def waived_by(self, person: str, open_sum: Decimal) -> Overpayment:
        """Return it after a person let the grantee keep what is open. After two it stays there."""
        waivers = (*self.without(person).waivers, RestAgreement(person, open_sum))
        overpayment = self.model_copy(update={"waivers": waivers})
        if len(overpayment.signers(open_sum)) < 2:
            return overpayment
        return self.model_copy(update={"waivers": (), "waived_sum": self.waived_sum + open_sum})

    def without(self, person: str) -> Overpayment:
        """Return it without the word of a person that another has not joined."""
        waivers = tuple(waiver for waiver in self.waivers if waiver.actor != person)
        return self.model_copy(update={"waivers": waivers})
