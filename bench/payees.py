"""The payees of the benchmarks: forty invented libraries, in registers of their own, each with a verified account.

What counts together with a grant grows with what its payee got before (R33): one payee for all would measure that.
Needs nothing of the tree that release 0.2.0 lacks, so it runs in older trees, too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from schwifty import IBAN

from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER, SAMPLE, SAMPLE_REGISTERS
from accord.organisation.governance import OPERATOR, confirm_account, vouch
from bench import lifecycle
from bench.office import Office
from domain.parties import AccountReference, Party
from domain.proposal import Proposal
from ledger import clock
from payments.accounts import AccountDetails, record_account
from registers.loading.archive import Archive
from registers.loading.loader import load

COUNT: Final = 40
_MODEL: Final = ("001000001", "RIVERBEND LIBRARY NETWORK", "Riverbend Library Network")
"""The EIN and the names of the sample's charity, of whose rows the others are made."""


class Payee(NamedTuple):
    """A payee, and its account."""

    party: Party
    account: AccountReference


def _name(number: int) -> str:
    return f"Library Network of {chr(ord('A') + number // 7)}{chr(ord('a') + number % 7)}mble Valley"


def _ein(number: int) -> str:
    return f"0020{number:05}"


async def prepare(office: Office, folder: Path) -> tuple[Payee, ...]:
    """Load the sample's registers with the payees in them, and verify the payees' accounts."""
    await _load_registers(office.desk, folder)
    payees = []
    for number in range(COUNT):
        iban = IBAN.generate("NL", bank_code="MOCK", account_code=f"{5000 + number:010}")
        details = AccountDetails(
            holder=_name(number), iban=str(iban), bic="MOCKNL2A", street="Ferry Lane", building="4", post_code="67000",
            town="Riverbend", country="US",
        )  # fmt: skip
        async with office.desk.pool.acquire() as connection:
            account = await record_account(connection, details, OPERATOR)
        await vouch(office.desk, account, RECORDER)
        await confirm_account(
            office.desk, account, CALLER, "called the number in the grantee's own published directory"
        )
        party: dict[str, Any] = {"name": _name(number), "kind": "NONPROFIT", "country": "US", "ein": _ein(number)}
        behind = {"principals": lifecycle.BEHIND, "nobody_owns": True}
        payees.append(Payee(Party.model_validate(party | behind), account))
    return tuple(payees)


async def _load_registers(desk: Desk, folder: Path) -> None:
    archive = Archive(folder / "archive")
    for register, names in SAMPLE_REGISTERS.items():
        paths = []
        for name in names:
            path = folder / name
            path.write_text(_with_payees((SAMPLE / "registers" / name).read_text("utf-8")), "utf-8")
            paths.append(path)
        async with desk.pool.acquire() as connection:
            await load(connection, register, tuple(paths), clock.today(), archive, minimum_rows=1)


def _with_payees(content: str) -> str:
    """Return a file of a register with a row for each payee behind that of the model, the others unchanged."""
    ein, capitals, name = _MODEL
    lines: list[str] = []
    for line in content.splitlines(keepends=True):
        lines.append(line)
        if line.startswith(ein):
            made = (line.replace(ein, _ein(one)).replace(capitals, _name(one).upper()) for one in range(COUNT))
            lines += [row.replace(name, _name(one)) for one, row in enumerate(made)]
    return "".join(lines)


async def life(office: Office, payees: tuple[Payee, ...], reference: str) -> None:
    """Drive one lifecycle, for the payee whose turn it is."""
    await lifecycle.accord_life(replace(office, payee_account=payees[_turn(reference)].account), reference)


def _turn(reference: str) -> int:
    return int(reference.rpartition("-")[2]) % COUNT


def take_turns(payees: tuple[Payee, ...]) -> None:
    """Let each proposal of a lifecycle be for the payee whose turn it is."""
    proposed = lifecycle.proposal

    def proposal(reference: str) -> Proposal:
        made, party = proposed(reference), payees[_turn(reference)].party
        out = made.funds_out.model_copy(update={"payee": party}) if made.funds_out else None
        return made.model_copy(update={"partner": party, "funds_out": out})

    lifecycle.proposal = proposal
