"""The organisation of a simulation: the sample's, with two people for each role, and the same keys in every run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from accord.client.desk import Desk
from accord.demo.sample import CALLER, RECORDER, SAMPLE, record_sample_accounts
from accord.organisation.governance import OPERATOR, change_directory, confirm_account, load_directory, vouch
from accord.presentation.input_files import read_file
from deploy.migrate import migrate
from domain.directory.directory_file import DirectoryFile
from domain.directory.people import KeyEnrolled, StaffMember
from domain.directory.tiers import HouseRules, Role
from ledger import clock
from payments.accounts import AccountDetails, record_account, reference_of
from records.keys.keyring import Keyring
from tests.simulation.bank.book import BY_ACH, ORIGINATOR, OURS
from tests.simulation.grounds.clock import VirtualClock, take_over
from tests.simulation.grounds.lists import PAYEES, load_base
from tests.simulation.grounds.treasury import open_funds

MORE: Final[dict[str, Role]] = {
    "piet.maas": Role.PROPOSER,
    "vito.rana": Role.VERIFIER,
    "fay.okoro": Role.FINANCE_APPROVER,
    "dirk.holm": Role.DIRECTOR,
    "pam.osei": Role.PAYER,
    "petra.wolf": Role.PAYER,
    "olga.fisk": Role.AUDITOR,
}
"""Who works here beside the sample's staff."""


FUNDER_IBAN: Final = OURS
"""The funder's own account, which pays and receives."""


TOLERANCE: Final = {"rate_percent": "2", "charges": {"amount": "20.00", "currency": "USD"}}
"""How far a booking may be from what was instructed without a person."""


RAILS: Final = ({"rail": "NACHA", "currency": "USD", "country": "US"},)
"""Dollars to a bank in the United States go by ACH."""
PAYS_BY_ACH: Final = "ISOC-FOUNDATION"


def in_america(holder: str, number: str, **more: str) -> AccountDetails:
    """Return an invented account at an invented bank in the United States."""
    place = {"bic": "MOCKUS33", "routing": "999999992", "town": "Riverbend", "country": "US"}
    return AccountDetails.model_validate({"holder": holder, "number": number, **place, **more})


OWN_BY_ACH: Final = in_america("Internet Society Foundation", BY_ACH, originator=ORIGINATOR)
"""The account from which a funder pays by ACH."""


def organisation() -> DirectoryFile:
    """Return everybody who works here, the funders and the rules."""
    sample = read_file(SAMPLE / "directory.toml", DirectoryFile)
    more = tuple(StaffMember(staff_id=one, name=one.title(), roles=(role,)) for one, role in MORE.items())
    if sample.rules is None:
        raise ValueError("the sample's organisation has rules")
    in_euros = tuple(tier.model_copy(update={"currency": "EUR"}) for tier in sample.rules.tiers)
    rules = {
        **sample.rules.model_dump(), "tiers": (*sample.rules.tiers, *in_euros), "tolerance": TOLERANCE, "rails": RAILS,
    }  # fmt: skip
    funders = [
        one.model_copy(update={"account": reference_of(OWN_BY_ACH).reference}) if one.funder_id == PAYS_BY_ACH else one
        for one in sample.funders
    ]
    staff, ruled = (*sample.staff, *more), HouseRules.model_validate(rules)
    changed = {"staff": staff, "rules": ruled, "funders": tuple(funders)}
    return sample.model_copy(update=changed)


def make_key(keyring: Keyring, staff_id: str, number: int = 0) -> KeyEnrolled:
    """Make a person's key, the same in every run for each number, and return the fact that enrols it."""
    keyring.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = f"{staff_id} {number}" if number else staff_id
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
    keyring.path(staff_id).write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return KeyEnrolled(staff_id=staff_id, key=keyring.public(staff_id))


async def found(address: str, folder: Path) -> Keyring:
    """Make a database ready to be copied for each script, and return the keys of its staff."""
    time, keyring = VirtualClock(), Keyring(folder / "keys")
    connection = await asyncpg.connect(address)
    await migrate(connection)
    await take_over(connection, time)
    await connection.close()
    pool = await asyncpg.create_pool(address, min_size=1, max_size=4)
    with clock.reading(time):
        await load_base(pool, folder)
        await furnish(Desk(pool, keyring))
    await pool.close()
    return keyring


async def furnish(desk: Desk) -> None:
    """Found the organisation: its people, funders and rules, a key for everybody, accounts and funds that two sign."""
    wanted = organisation()
    await load_directory(desk, wanted)
    await change_directory(desk, tuple(make_key(desk.keyring, one.staff_id) for one in wanted.staff))
    accounts: list[Any] = [*(await record_sample_accounts(desk.pool)).values()]
    async with desk.pool.acquire() as connection:
        for details in (OWN_BY_ACH, *(in_america(one.name, one.number) for one in PAYEES)):
            accounts.append(await record_account(connection, details, OPERATOR))
    for account in accounts:
        await vouch(desk, account, RECORDER)
        await confirm_account(desk, account, CALLER, "called the number in the grantee's own published directory")
    await open_funds(desk)
