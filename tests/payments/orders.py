"""Released tranches, accounts and bank messages in few words. The accounts are the invented ones of the sample."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg

from domain import identity
from domain.payment.tranche.order import TrancheOrder
from payments.accounts import AccountDetails, record_account, reference_of
from payments.out.files import StoredFile, batches, keep_file, make_file
from payments.out.instructions import Instruction, freeze
from tests.builders import NOON, funder, money, party

ACCOUNTS = Path(__file__).resolve().parents[2] / "deploy" / "sample" / "accounts"


def sample_account(name: str) -> AccountDetails:
    return AccountDetails.model_validate(tomllib.loads((ACCOUNTS / f"{name}.toml").read_text("utf-8")))


ISOC, FOUNDATION = sample_account("isoc"), sample_account("isoc-foundation")
RIVERBEND, HARBOR, KAMPALA = sample_account("riverbend"), sample_account("harbor"), sample_account("kampala")


def account(**more: Any) -> AccountDetails:
    details = {"holder": "Riverbend", "number": "0001234567", "bic": "MOCKNL2A", "town": "Riverbend", "country": "US"}
    return AccountDetails.model_validate({**details, **more})


def order(tranche: int = 1, attempt: int = 1, payee_account: AccountDetails = RIVERBEND, **more: Any) -> TrancheOrder:
    partnership = more.get("partnership_id", "P-2026-0042")
    content = {
        "partnership_id": partnership,
        "tranche": tranche,
        "attempt": attempt,
        "payment_id": identity.payment_id(partnership, tranche, attempt),
        "money": money(),
        "funder": funder(),
        "payee": party(payee_account.holder),
        "account": reference_of(payee_account),
        "released_by": "paul.nkosi",
        "released_at": NOON,
        "purpose": "Training",
        **more,
    }
    return TrancheOrder.model_validate(content)


def foundation() -> Any:
    return funder(funder_id="ISOC-FOUNDATION").model_copy(update={"account": reference_of(FOUNDATION).reference})


async def record_accounts(connection: asyncpg.Connection | asyncpg.Pool, *more: AccountDetails) -> None:
    for details in (ISOC, FOUNDATION, RIVERBEND, HARBOR, KAMPALA, *more):
        await record_account(connection, details, "operator")  # type: ignore[arg-type]


async def freeze_all(connection: asyncpg.Connection, *orders: TrancheOrder) -> list[Instruction]:
    return [(await freeze(connection, released))[0] for released in orders]


async def files_of(
    connection: asyncpg.Connection | asyncpg.Pool, instructions: Sequence[Instruction]
) -> list[StoredFile]:
    """Make the files of instructions and keep them. Nobody signed them: the counter is told in tests/commands."""
    made = []
    for batch in batches(instructions):
        file = await make_file(connection, batch)  # type: ignore[arg-type]
        await keep_file(connection, file, batch)  # type: ignore[arg-type]
        made.append(file)
    return made


async def filed(connection: asyncpg.Connection, *orders: TrancheOrder) -> tuple[list[Instruction], StoredFile]:
    """Record the accounts, freeze the orders and put them all into one file."""
    await record_accounts(connection)
    instructions = await freeze_all(connection, *(orders or (order(),)))
    (file,) = await files_of(connection, instructions)
    return instructions, file


def status_report(body: str, message: str = "BANK-1") -> str:
    header = f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>2026-11-03T09:00:00+01:00</CreDtTm></GrpHdr>"
    space = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
    return f'<Document xmlns="{space}"><CstmrPmtStsRpt>{header}{body}</CstmrPmtStsRpt></Document>'


def transaction_status(end_to_end: str, status: str, reason: str = "", original: str = "OURS-1", uetr: str = "") -> str:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    named = f"<OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId>" if end_to_end else ""
    carried = f"<OrgnlUETR>{uetr}</OrgnlUETR>" if uetr else ""
    group = f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId></OrgnlGrpInfAndSts>"
    payment = f"<TxInfAndSts>{named}{carried}<TxSts>{status}</TxSts>{why}</TxInfAndSts>"
    return f"{group}<OrgnlPmtInfAndSts>{payment}</OrgnlPmtInfAndSts>"


def group_status(original: str, status: str, reason: str = "") -> str:
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>seen before</AddtlInf></StsRsnInf>" if reason else ""
    group = f"<OrgnlMsgId>{original}</OrgnlMsgId><GrpSts>{status}</GrpSts>{why}"
    return f"<OrgnlGrpInfAndSts>{group}</OrgnlGrpInfAndSts>"


def notification(
    *entries: str,
    iban: str | None = None,
    message: str = "BANK-2",
    made: str = "2026-11-03T18:00:00Z",
    note: str = "N1",
    copy: str = "",
    version: str = "camt.054.001.08",
) -> str:
    header = f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{made}</CreDtTm></GrpHdr>"
    copied = f"<CpyDplctInd>{copy}</CpyDplctInd>" if copy else ""
    account_said = f"<Acct><Id><IBAN>{iban or ISOC.iban}</IBAN></Id></Acct>"
    space = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    part = f"<Ntfctn><Id>{note}</Id>{copied}{account_said}{''.join(entries)}</Ntfctn>"
    body = f"<BkToCstmrDbtCdtNtfctn>{header}{part}</BkToCstmrDbtCdtNtfctn>"
    return f'<Document xmlns="{space}">{body}</Document>'


def entry(
    end_to_end: str = "",
    amount: str = "1000.00",
    currency: str = "USD",
    direction: str = "DBIT",
    status: str = "<Cd>BOOK</Cd>",
    details: str = "",
    uetr: str = "",
    **more: str,
) -> str:
    """An entry of one payment. `more` is as for `entry_of`."""
    part = detail(end_to_end, uetr=uetr, more=details)
    return entry_of(part, amount=amount, currency=currency, direction=direction, status=status, **more)


def entry_of(
    *details: str,
    amount: str = "1000.00",
    currency: str = "USD",
    direction: str = "DBIT",
    status: str = "<Cd>BOOK</Cd>",
    reference: str = "",
    booked: str = "",
    value: str = "",
    reversal: str = "",
    batch: str = "",
) -> str:
    """An entry of any number of payments, each a `detail`, with days and batch as their elements hold them."""
    named = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    back = f"<RvslInd>{reversal}</RvslInd>" if reversal else ""
    days = f"{f'<BookgDt>{booked}</BookgDt>' if booked else ''}{f'<ValDt>{value}</ValDt>' if value else ''}"
    money_said = f'<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
    counted = f"<Btch>{batch}</Btch>" if batch else ""
    within = f"<NtryDtls>{counted}{''.join(details)}</NtryDtls>" if details or counted else ""
    return f"<Ntry>{money_said}{back}<Sts>{status}</Sts>{days}{named}{within}</Ntry>"


def detail(
    end_to_end: str = "",
    amount: str = "",
    currency: str = "USD",
    element: str = "Amt",
    uetr: str = "",
    transaction: str = "",
    reference: str = "",
    more: str = "",
) -> str:
    """One payment of an entry. Its amount stands in `element`, such as `AmtDtls/TxAmt/Amt`."""
    named = {"AcctSvcrRef": reference, "EndToEndId": end_to_end, "UETR": uetr, "TxId": transaction}
    refs = "".join(f"<{tag}>{text}</{tag}>" for tag, text in named.items() if text)
    opened = "".join(f"<{tag}>" for tag in element.split("/")[:-1])
    closed = "".join(f"</{tag}>" for tag in element.split("/")[-2::-1])
    money_said = f'{opened}<Amt Ccy="{currency}">{amount}</Amt>{closed}' if amount else ""
    return f"<TxDtls><Refs>{refs}</Refs>{money_said}{more}</TxDtls>"


RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"


def remittance(text: str) -> str:
    return f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>"


def write(folder: Path, content: str | bytes, name: str = "bank.xml") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
