"""The bank of the tasks: it settles what a file asks for, and tells of money from a stranger, all by invented files."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from accord.counter.bank_import import import_file
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import export
from accord.demo.sample import sample_iban
from accord.demo.steps import FINANCE, PAYER
from domain.parties import AccountReference
from ledger import clock
from payments.answers.sample_answer import settled_answer

_CREDIT: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!-- Invented sample: no bank sent this, and no money moved -->
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{moment:%Y-%m-%dT%H:%M:%SZ}</CreDtTm></GrpHdr>
<Ntfctn><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id></Acct>
<Ntry><Amt Ccy="USD">125.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{moment:%Y-%m-%d}</Dt></BookgDt><ValDt><Dt>{moment:%Y-%m-%d}</Dt></ValDt><AcctSvcrRef>{name}</AcctSvcrRef>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>Unknown Well-Wisher</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Ustrd>With our thanks</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Ntfctn>
</BkToCstmrDbtCdtNtfctn></Document>
"""
"""An invented notification of money that names no partnership of ours."""


class BankByFile:
    """A bank that answers by files alone, beside whatever bank a demo had: that one ends with its partnerships."""

    def __init__(self, exporter: Desk, importer: Desk, folder: Path, accounts: dict[str, AccountReference]) -> None:
        self.accounts = accounts
        self._exporter, self._importer, self._folder = exporter, importer, folder

    async def donate(self, amount_minor: int, note: str, donor: str) -> None:
        """Refuse: no task has a donor. Raises NotImplementedError."""
        raise NotImplementedError(f"{donor} gave {amount_minor} for “{note}”, and no task has a donor")

    async def round(self) -> None:
        """Make a file of what is released, hand it over, and bring in an answer that settles it."""
        for made in (await export(self._exporter, PAYER)).files:
            handed_over = await hand_over(self._exporter, made.file.message_id, PAYER, self._folder)
            await self._bring_in(f"{made.file.message_id}.xml", settled_answer(handed_over.file.content, clock.now()))

    async def stranger_pays(self) -> None:
        """Bring in a notification of money that nobody expects."""
        name, moment = f"SAMPLE-{uuid.uuid4().hex[:26].upper()}", clock.now()
        credit = _CREDIT.format(name=name, moment=moment, account=sample_iban("isoc"))
        await self._bring_in(f"{name}.xml", credit.encode())

    async def _bring_in(self, name: str, content: bytes) -> None:
        await import_file(self._importer, name, content, FINANCE)
