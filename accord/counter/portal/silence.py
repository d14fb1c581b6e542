"""Before two say that a sheet was never paid: no file of the bank may book what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from accord.presentation.faults import Refused
from domain.payment.payment_file import PaymentFile
from payments import Connection
from payments.answers.entries import is_booked
from payments.out.files import FrozenPayment


async def require_nothing_booked(connection: Connection, file: PaymentFile, rows: Sequence[FrozenPayment]) -> None:
    """Raise Refused if a statement or a notification has a booking of a payment that was typed, of whatever sum.

    Such a booking may be open still: of another sum, or of a sheet that nobody countersigned.
    """
    for row in rows if file.typed else ():
        if await is_booked(connection, row.payment_id):
            raise Refused(
                f"the bank booked {row.partnership_id} tranche {row.tranche}: `accord payments entries --open`",
                "IllegalTransition",
            )
