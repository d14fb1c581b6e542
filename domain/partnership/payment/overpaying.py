"""Overpayments against the state: since when something is open, and who may let the grantee keep it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from domain.errors import PaymentRefused
from domain.partnership.payment import commands as c
from domain.partnership.payment import events as e
from domain.partnership.payment.recalling import open_recall
from domain.partnership.refund.refunds import came_from_grantee, confirmed
from domain.partnership.standing.overpayment import Overpayment
from domain.partnership.state import ChangedFields, Partnership
from domain.values import Money


def overpayment_after(before: Partnership, after: Partnership, on: date) -> Overpayment | None:
    """Return the word on an overpayment after a change of its payments, or None. `on`: the day of the change."""
    if not after.overpaid:
        return None
    if before.overpayment is None:
        return Overpayment(since=on, owed_before=_owed_before(before))
    if before.overpaid_open or not after.overpaid_open:
        return before.overpayment
    return before.overpayment.model_copy(update={"since": on})


def _owed_before(partnership: Partnership) -> Decimal:
    """Return the sum that the grantee paid back, or owes by its reports: another refund meets that first."""
    back = came_from_grantee(confirmed(partnership.refunds), partnership.settled)
    return back + partnership.unspent_for_sure


def overpaid_money(partnership: Partnership) -> Money:
    """Return the sum that was paid beyond the plan and is open. There must be something."""
    return Money(amount=partnership.overpaid_open, currency=partnership.tranches[0].money.currency)


def admit_waiver(partnership: Partnership, command: c.WaiveRecovery) -> None:
    """Refuse to let a grantee keep what it has not, another sum, what is recalled, and a person's second word.

    Raises:
        PaymentRefused: As the reason says.
    """
    overpayment = partnership.overpayment
    if overpayment is None or not partnership.overpaid_open:
        raise PaymentRefused(f"nothing of {partnership.partnership_id} is paid beyond the plan and open")
    for tranche in partnership.tranches:
        if tranche.overpaid and open_recall(partnership, tranche.number) is not None:
            raise PaymentRefused(
                f"tranche {tranche.number} is recalled: what stays with the grantee is said once its return is booked, "
                "or the bank refuses the recall"
            )
    money = overpaid_money(partnership)
    if command.money != money:
        raise PaymentRefused(f"money: {money} is paid beyond the plan and open; waive that sum")
    if command.actor in overpayment.signers(money.amount):
        raise PaymentRefused(f"{command.actor} waived it already; another person does as well")


def recovery_waived(partnership: Partnership, event: e.RecoveryWaived) -> ChangedFields:
    """Return the fields after a person let the grantee keep what was paid beyond the plan."""
    overpayment = partnership.overpayment
    if overpayment is None:
        return {}
    return {"overpayment": overpayment.waived_by(event.actor, event.money.amount)}
