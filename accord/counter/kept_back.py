"""Say why a payment that was released goes into no file: what the check before it says, to whoever looks."""

from __future__ import annotations

from accord.audit.authorisation import PrePaymentCheck
from accord.client.desk import Desk
from accord.counter.checking import check_all
from accord.counter.payment_files import waiting_payments
from domain.fault import Fault


async def why_kept_back(desk: Desk, partnership_id: str) -> Fault | None:
    """Return why the payments of a partnership that wait for a file get into none; None if one may, or none waits.
    What a worker looks at again by itself, such as newer registers, is no reason.
    """
    async with desk.pool.acquire() as connection:
        rows = [
            waiting_payment
            for waiting_payment in await waiting_payments(desk, connection)
            if waiting_payment.partnership_id == partnership_id
        ]
    checked = [one for one in await check_all(desk, PrePaymentCheck(desk.ledger), rows) if not one.ended]
    if any(not one.verdict.reason or one.verdict.look_again for one in checked):
        return None
    words = "; ".join(f"tranche {one.row.tranche}: {one.verdict.reason}" for one in checked)
    return Fault(words) if checked else None
