"""Payment files before their hand-over: the one with the ready payments of a partnership is handed over next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from accord.audit.bank.payment_files import read_payment_file
from accord.client.reading import LedgerAccess
from domain.identity import payment_id
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.outlook import Outlook
from domain.payment.payment_file import FileStatus, PaymentFile

EXPORT: Final = "accord payments export"
"""The beginning of the command after a release."""
_MADE: Final = "SELECT message_id FROM payments.files WHERE status = $1 ORDER BY created_at DESC LIMIT 100"


async def made_files(desk: LedgerAccess) -> Mapping[UUID, PaymentFile]:
    """Return the files before their hand-over, by the payments in them."""
    rows = await desk.pool.fetch(_MADE, FileStatus.MADE)
    files = [await read_payment_file(desk.reader, row[0]) for row in rows]
    return {payment: file for file in files if file.status is FileStatus.MADE for payment in file.payments}


async def made_file_of(desk: LedgerAccess, partnership: Partnership) -> PaymentFile | None:
    """Return the file with the ready payments of a partnership, or None where one of them is in no file."""
    ready = [tranche for tranche in partnership.tranches if tranche.state is TrancheState.RELEASED]
    files = await made_files(desk) if ready else {}
    holding = [files.get(payment_id(partnership.partnership_id, tranche.number, tranche.attempt)) for tranche in ready]
    return holding[0] if holding and None not in holding else None


async def with_made_file(desk: LedgerAccess, partnership_id: str, ahead: Outlook) -> Outlook:
    """Return the next step, which is the hand-over where the payment stands in a file already."""
    if not ahead.command.startswith(EXPORT) or (partnership := await desk.partnership(partnership_id)) is None:
        return ahead
    file = await made_file_of(desk, partnership)
    if file is None:
        return ahead
    step = f"hand over the payment file: the payment stands in that of {file.total}"
    command = f"accord payments hand-over {file.message_id} --out FOLDER --as STAFF"
    return ahead.model_copy(update={"next_step": step, "command": command})
