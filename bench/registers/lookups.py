"""Look-ups: the registers' evidence on one EIN, and the verification of a payee with its principals."""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import asyncpg

from activities.evidence import verify
from bench.lifecycle import proposal
from bench.registers.files import Extent, Files, fields_of, put
from bench.registers.report import Finding
from deploy.database import open_pool
from domain.parties import Party, PartyKind, Principal, PrincipalRole
from domain.proposal import Proposal
from ledger import Ledger
from records.authorship import Reader
from records.opening import open_ledger
from registers.history import versions_in_force
from registers.lookup import status_of
from registers.screening.lists import Lists, keeper
from registers.sources.catalogue import LISTS

Call = Callable[[int], Awaitable[object]]
"""One call, by its number."""

GIVEN: Final = ("Amara", "Anna", "Chen", "Fatima", "Ivan", "Jonas", "Kim", "Maria", "Mohamed", "Olga", "Rosa", "Yusuf")
FAMILY: Final = (
    "Adebayo",
    "Garcia",
    "Haddad",
    "Hoffmann",
    "Ivanova",
    "Kowalska",
    "Nguyen",
    "Okello",
    "Silva",
    "Tanaka",
)
"""Names as common as those of real principals; they are combined at random."""


class Round(NamedTuple):
    """Milliseconds of the calls of one round, in rising order."""

    took: list[float]

    def within(self, share: float) -> float:
        """Return the milliseconds within which a share of the calls ended (a percentile)."""
        return self.took[min(len(self.took) - 1, int(len(self.took) * share))]


async def asking(url: str, files: Files, folder: Path, extent: Extent) -> list[Finding]:
    """Load all registers, and measure look-ups and verifications."""
    payees = payees_of(files, extent.lookups * (1 + extent.rounds), random.Random(2))
    pool = await open_pool(url)
    try:
        async with pool.acquire() as connection:
            for register, paths in files.items():
                await put(connection, register, paths, folder / "archive")
        return [*await _statuses(pool, payees, extent), *await _verifications(pool, payees, extent)]
    finally:
        pool.terminate()


def payees_of(files: Files, count: int, chance: random.Random) -> list[Party]:
    """Draw organisations of the Business Master File that are public charities, and no part of a group."""
    charities = [
        (fields[1][:140], fields[0])
        for fields in fields_of("irs-bmf", files["irs-bmf"])
        if (fields[8], fields[9], fields[12], fields[13], fields[16]) == ("03", "3", "1", "15", "01")
    ]
    drawn = chance.sample(charities, min(count, len(charities)))
    return [Party(name=name, kind=PartyKind.NONPROFIT, country="US", ein=ein) for name, ein in drawn]


async def _statuses(pool: asyncpg.Pool, payees: Sequence[Party], extent: Extent) -> list[Finding]:
    async def ask(number: int) -> None:
        async with pool.acquire() as connection:
            found = await status_of(connection, payees[number % len(payees)])
        assert found is not None
        assert found.master_file is not None

    async def bare(_: int) -> None:
        async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.fetchval("SELECT 1")

    rounds = await _alternate((ask, bare), extent.lookups, extent)
    (p50, p99), (bare50, bare99) = ((_typical(one, 0.5), _typical(one, 0.99)) for one in rounds)
    beside = f"p50 {p50:.2f}, p99 {p99:.2f} ms; a bare transaction p50 {bare50:.2f}, p99 {bare99:.2f} ms"
    what = "look-up by EIN with full evidence and others of its name, p99 over a bare transaction's"
    return [Finding(what, p99 / bare99, "", 6, beside=beside)]


async def _verifications(pool: asyncpg.Pool, payees: Sequence[Party], extent: Extent) -> list[Finding]:
    ledger, chance = open_ledger(pool), random.Random(3)
    asked = [
        _proposal(number, payee, chance)
        for number, payee in enumerate(payees[: extent.verifications * (1 + extent.rounds)])
    ]

    async def verify_one(number: int) -> None:
        await _verify(pool, ledger, asked[number % len(asked)])

    ready, names = await _make_lists_ready(pool)
    (rounds,) = await _alternate((verify_one,), extent.verifications, extent)
    beside = f"p50 {_typical(rounds, 0.5):.1f}, p99 {_typical(rounds, 0.99):.1f} ms; {len(asked):,} payees"
    return [
        Finding("verification of a payee with two principals, p95", _typical(rounds, 0.95), "ms", 25, beside=beside),
        Finding("lists ready to be screened against, once a version", ready, "s", beside=f"{names:,} rows"),
    ]


async def _verify(pool: asyncpg.Pool, ledger: Ledger, proposed: Proposal) -> None:
    async with pool.acquire() as connection:
        found = await verify(connection, Reader(ledger), proposed)
    assert found.status is not None
    # The register's own names of a payee are screened beside those that were given.
    assert {party.name for party in proposed.parties} <= {*found.screening.parties}


async def _make_lists_ready(pool: asyncpg.Pool) -> tuple[float, int]:
    async with pool.acquire() as connection:
        started = time.perf_counter()
        count = await keeper().ask(connection, await versions_in_force(connection, LISTS), _count)
    return time.perf_counter() - started, count


def _count(lists: Lists) -> int:
    return len(lists.rows)


def _proposal(number: int, payee: Party, chance: random.Random) -> Proposal:
    names = chance.sample([f"{given} {family}" for given in GIVEN for family in FAMILY], 2)
    roles = (PrincipalRole.DIRECTOR, PrincipalRole.SIGNATORY)
    principals = tuple(Principal(name=name, role=role) for name, role in zip(names, roles, strict=True))
    return with_payee(f"P-2026-{number:05}", payee.model_copy(update={"principals": principals}))


def with_payee(reference: str, payee: Party) -> Proposal:
    """Return a proposal of one tranche to a payee."""
    proposed = proposal(reference)
    assert proposed.funds_out is not None
    leg = proposed.funds_out.model_copy(update={"payee": payee})
    return proposed.model_copy(update={"partner": payee, "funds_out": leg})


async def _alternate(calls: Sequence[Call], count: int, extent: Extent) -> list[list[Round]]:
    """Make calls one at a time, round by round, no call twice. A first round only warms up."""
    found: list[list[Round]] = [[] for _ in calls]
    for turn in range(-1, extent.rounds):
        for rounds, call in zip(found, calls, strict=True):
            numbers = range(count * (1 + turn), count * (2 + turn))
            took = sorted([await _milliseconds(call, number) for number in numbers])
            if turn >= 0:
                rounds.append(Round(took))
    return found


async def _milliseconds(call: Call, number: int) -> float:
    started = time.perf_counter()
    await call(number)
    return (time.perf_counter() - started) * 1000


def _typical(rounds: Sequence[Round], share: float) -> float:
    return median(one.within(share) for one in rounds)
