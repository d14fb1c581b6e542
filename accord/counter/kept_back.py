"""Give the reason why a released payment goes into no file: the words of the check before it."""

from __future__ import annotations

from accord.audit.authorisation import PrePaymentCheck
from accord.client.desk import Desk
from accord.counter.checking import check_all
from accord.counter.payment_files import waiting_payments
from domain.fault import Fault


async def why_kept_back(desk: Desk, partnership_id: str) -> Fault | None:
    """Return the reason why a partnership's payments that wait for a file get into none, or None.

    It is None if one may, or if none waits. A reason that a worker looks at again by itself, such as newer registers,
    does not count.
    """
    async with desk.pool.acquire() as connection:
        rows = [
            waiting_payment
            for waiting_payment in await waiting_payments(desk, connection)
            if waiting_payment.partnership_id == partnership_id
        ]
    checks = [check for check in await check_all(desk, PrePaymentCheck(desk.ledger), rows) if not check.ended]
    if any(not check.verdict.reason or check.verdict.look_again for check in checks):
        return None
    words = "; ".join(f"tranche {check.row.tranche}: {check.verdict.reason}" for check in checks)
    return Fault(words) if checks else None
