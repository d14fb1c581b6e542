"""Decide on refunds: whether a booking may count as one."""

from __future__ import annotations

from domain.errors import PaymentRefused
from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events
from domain.partnership.procedure import event_of_command
from domain.partnership.refund import commands as c
from domain.partnership.refund.returned_gifts import require_lawful_return
from domain.partnership.state import Partnership


def decide_refund(
    partnership: Partnership, command: c.RecordRefund | c.ConfirmRefund, circumstances: Circumstances
) -> Events:
    """Return the event of a refund, or of its confirmation.

    Raises:
        PaymentRefused: Its booking counts as something else, the bank's statements do not have it, or its money may not
            go that way.
    """
    if circumstances.counted:
        raise PaymentRefused(str(circumstances.counted))
    require_lawful_return(partnership, command, circumstances.donor)
    return (event_of_command(command),)
