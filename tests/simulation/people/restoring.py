"""The runbook after a restore of the database: an epoch begins, and two of finance name the payments that left."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, redirect_stdout
from decimal import Decimal
from io import StringIO
from itertools import permutations
from typing import Any, Final
from unittest.mock import patch

from accord.audit.bank.reopening import read_reopening
from accord.cli.installation.reviving import _require_nothing_lost, start_again
from accord.cli.payments.reopening import open_again
from accord.client.desk import Desk
from accord.operations import recording_again
from accord.organisation.governance import change_directory, confirm_change, epoch_to_begin
from accord.presentation.faults import Refused
from accord.runs.lost import lost_of
from deploy.logins import Login
from domain.directory.directory import GUARDIANS
from domain.directory.tiers import Role
from domain.errors import EventUnreadable
from domain.payment.reopening import FINANCE, FileThatLeft
from tests.simulation.bank.records import Said
from tests.simulation.grounds.organisation import FUNDER_IBAN
from tests.simulation.grounds.world import World
from tests.simulation.judge.violations import Promise

Pair = tuple[str, str]

RECORDED: Final = "recorded again"
UNREADABLE: Final = "nobody can read"
"""What the command says where a run's history, or the key to it, is gone."""


async def follow_the_runbook(world: World) -> list[str]:
    """Begin an epoch, import the bank's files, and open payments again. Return the acts."""
    desk = world.office.desk
    said = []
    if await desk.registrar.fault_of_installation():
        said.append(await _by_two(world, GUARDIANS, "begin an epoch", lambda pair: _begin(world, pair)))
    epoch = (await desk.directory()).epoch
    if epoch is None or epoch.log.epoch == 1 or (await read_reopening(desk.reader, epoch.log.epoch)).reopened:
        return said
    since = world.bank.receive(FUNDER_IBAN, Decimal("1.00"), "USD", "interest", stranger=True)
    said += [await _import(world, one) for one in world.unimported]
    return [*said, await _by_two(world, FINANCE, "sign what left", lambda pair: _reopen(world, since.content, pair))]


async def record_again(world: World) -> list[str]:
    """Record again, partnership by partnership, what workflows know and the database, put back, forgot.

    Unless a command refuses, what people were told of a partnership is in the ledger once more.
    """
    said = []
    for partnership_id in world.partnerships:
        told = await _recorded_again(world, partnership_id)
        forgotten = [one for one in world.forgotten if one.partnership_id == partnership_id]
        if told in {"", RECORDED}:
            world.given += [one for one in forgotten if one.command_id not in world.without_history]
        elif UNREADABLE in told and forgotten and not world.without_history:
            world.broken(Promise.RECEIPT, f"{partnership_id}: its runs are all kept, and it is said that {told}")
        said += [f"{partnership_id}: {told}"] if told else []
    return said


async def _recorded_again(world: World, partnership_id: str) -> str:
    """The outcome for a partnership, or '' where nothing of it is forgotten."""
    desk = world.office.desk
    if not await lost_of(desk.temporal, desk.ledger, partnership_id):
        return ""

    @asynccontextmanager
    async def at_a_desk(_: Login) -> AsyncIterator[Desk]:
        yield desk

    try:
        with patch.object(recording_again, "open_desk", at_a_desk), redirect_stdout(StringIO()):
            await _require_nothing_lost(desk, partnership_id, again=True)
            await start_again(desk, partnership_id)
    except (Refused, EventUnreadable) as fault:
        return str(fault)
    return RECORDED


async def _by_two(world: World, roles: frozenset[Role], told: str, act: Callable[[Pair], Awaitable[Any]]) -> str:
    """Let the first two who may do it: some have left, lost their keys, or took part."""
    staff = sorted(
        one.staff_id for one in (await world.office.desk.directory()).staff if not roles.isdisjoint(one.roles)
    )
    why = "nobody is there"
    for pair in permutations(staff, 2):
        try:
            await act(pair)
        except Refused as fault:
            why = str(fault)
            continue
        return f"{' and '.join(pair)} {told}"
    return f"nobody may {told}: {why}"


async def _begin(world: World, pair: Pair) -> None:
    desk = world.office.desk
    changed = await change_directory(desk, (await epoch_to_begin(desk),), pair[0])
    if changed.change_id is not None:
        await confirm_change(desk, changed.change_id, pair[1])


async def _import(world: World, said: Said) -> str:
    staff = (await world.office.desk.directory()).staff
    try:
        done = await world.office.take_in(said, next(one.staff_id for one in staff if Role.PAYER in one.roles))
    except Refused as fault:
        return f"{said.name}: {fault}"
    world.imported.add(said.number)
    return f"{said.name}: {done}"


async def _reopen(world: World, statement: bytes, pair: Pair) -> None:
    files: dict[str, list[str]] = {}
    for payment in world.bank.payments.values():
        if payment.end_to_end_id in world.left:
            name = world.bank.names.get(payment.message_id, payment.message_id)
            files.setdefault(name, []).append(payment.end_to_end_id)
    left = tuple(
        FileThatLeft(message_id=name, sha256=hashlib.sha256(name.encode()).hexdigest(), end_to_end_ids=tuple(names))
        for name, names in files.items()
    )
    for actor in pair:
        await open_again(world.office.desk, (statement,), left, actor)
