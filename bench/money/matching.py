"""A message of the bank with very many entries, read and matched to as many payments, in a process that does only that.

The aim is 20 seconds and 200 MiB for 10,000 entries: of the whole process, its modules and the message with it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import asyncpg
from rich.console import Console

from bench.ledger.server import Server
from deploy.database import open_pool
from domain import identity
from domain.parties import Funder, FunderProfile, Party
from domain.payment.tranche.order import TrancheOrder
from domain.values import Money
from payments.accounts import AccountDetails, record_account, reference_of
from payments.answers.matching.judging import judge_all
from payments.answers.messages import read_message
from payments.out.instructions import freeze

AIM_SECONDS: Final = 20.0
AIM_MIB: Final = 200.0
AIM_FOR: Final = 10_000
"""The entries that the aims are of."""

ACCOUNTS: Final = Path(__file__).resolve().parents[2] / "deploy" / "sample" / "accounts"
SPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"

out = Console(highlight=False)


async def fill(url: str, count: int) -> bytes:
    """Instruct so many payments of the sample's accounts, and return the bank's message that books each of them."""
    payer, payee = _account("isoc"), _account("riverbend")
    pool = await open_pool(url, 2)
    try:
        async with pool.acquire() as connection:
            for details in (payer, payee):
                await record_account(connection, details, "operator")
            orders = list(_orders(count, payer, payee))
            async with connection.transaction():
                for order in orders:
                    await freeze(connection, order)
    finally:
        pool.terminate()
    return _message(orders, str(payer.iban))


def _account(name: str) -> AccountDetails:
    return AccountDetails.model_validate(tomllib.loads((ACCOUNTS / f"{name}.toml").read_text("utf-8")))


def _orders(count: int, payer: AccountDetails, payee: AccountDetails) -> Iterator[TrancheOrder]:
    now = datetime.now(UTC)
    funder = Funder.model_validate(
        {"funder_id": "ISOC", "name": payer.holder, "profile": FunderProfile.PUBLIC_CHARITY,
         "account": reference_of(payer).reference}
    )  # fmt: skip
    party = Party.model_validate({"name": payee.holder, "kind": "NONPROFIT", "country": payee.country})
    for number in range(count):
        partnership = f"P-2026-{number:06}"
        yield TrancheOrder(
            partnership_id=partnership, tranche=1, attempt=1, payment_id=identity.payment_id(partnership, 1, 1),
            money=Money.model_validate({"amount": f"{1000 + number}.25", "currency": "USD"}), funder=funder,
            payee=party, account=reference_of(payee), released_by="paul.nkosi", released_at=now, purpose="Training",
        )  # fmt: skip


def _message(orders: list[TrancheOrder], iban: str) -> bytes:
    """Return a notification that books every order, as a bank writes it."""
    header = f"<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</CreDtTm></GrpHdr>"
    entries = "".join(map(_entry, orders))
    note = f"<Ntfctn><Id>N1</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{entries}</Ntfctn>"
    body = f"<BkToCstmrDbtCdtNtfctn>{header}{note}</BkToCstmrDbtCdtNtfctn>"
    return f'<Document xmlns="{SPACE}">{body}</Document>'.encode()


def _entry(order: TrancheOrder) -> str:
    end_to_end, day = identity.end_to_end_id(order.payment_id), f"<Dt>{datetime.now(UTC).date()}</Dt>"
    return (
        f'<Ntry><Amt Ccy="USD">{order.money.amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt>{day}</BookgDt><ValDt>{day}</ValDt><AcctSvcrRef>B-{order.partnership_id}</AcctSvcrRef>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
    )


async def match(url: str, content: bytes) -> dict[str, Any]:
    """Read a message and match its entries. Return the seconds, the MiB at most, and what came of them."""
    connection = await asyncpg.connect(url)
    began, computed = time.perf_counter(), time.process_time()
    notices = read_message(content)
    seconds_read = time.perf_counter() - began
    entries = await judge_all(connection, notices, hashlib.sha256(content).hexdigest(), datetime.now(UTC))
    spent, spent_computed = time.perf_counter() - began, time.process_time() - computed
    await connection.close()
    return {
        "entries": len(entries), "matched": sum(entry.answer is not None and entry.fault is None for entry in entries),
        "seconds": spent, "reading": seconds_read, "computed": spent_computed,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip


async def _measured(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        await server.start()
        try:
            url = await server.database("matching")
            path = Path(folder) / "bank.xml"
            path.write_bytes(await fill(url, count))
            call = [sys.executable, "-m", "bench.money.matching", "--url", url, "--file", str(path)]
            answer = await asyncio.to_thread(subprocess.run, call, stdout=subprocess.PIPE, check=True)
        finally:
            server.stop()
    return dict(json.loads(answer.stdout))


def _report(told: dict[str, Any], count: int) -> int:
    out.print(
        f"{told['matched']:,} of {told['entries']:,} entries matched in {told['seconds']:.1f} s ({told['reading']:.1f}"
        f" s of it reading; computed {told['computed']:.1f} s), {told['mib']:.0f} MiB at most; load"
        f" {os.getloadavg()[0]:.1f}; the aim for {AIM_FOR:,} is {AIM_SECONDS:.0f} s and {AIM_MIB:.0f} MiB"
    )
    if told["matched"] != count:
        raise RuntimeError(f"{count - told['matched']} entries were not matched")
    share = max(1.0, count / AIM_FOR)
    return int(told["seconds"] > AIM_SECONDS * share or told["mib"] > AIM_MIB * share)


def main() -> int:
    """Read the command line, and measure. Return 1 if an aim was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.money.matching", description=__doc__)
    parser.add_argument("--payments", type=int, default=AIM_FOR)
    parser.add_argument(
        "--url", default="", help="the database in which the payments are, for the process that matches"
    )
    parser.add_argument("--file", type=Path, help="the bank's message, for the process that matches")
    chosen = parser.parse_args()
    if chosen.url:
        sys.stdout.write(json.dumps(asyncio.run(match(chosen.url, chosen.file.read_bytes()))))
        return 0
    return _report(asyncio.run(_measured(chosen.payments)), chosen.payments)


if __name__ == "__main__":
    sys.exit(main())
