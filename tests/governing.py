"""Changing the organisation in a test: what a director proposes and the auditor confirms."""

from __future__ import annotations

from accord.client.desk import Desk
from accord.organisation.governance import change_directory, confirm_change
from domain.directory.people import (
    Fact,
    HouseRulesSet,
    KeyEnrolled,
    KeyRevoked,
    StaffLeft,
    StaffMember,
    StaffRegistered,
)
from domain.directory.tiers import HouseRules, Role
from domain.directory.watched import WatchedCountry


async def decree(desk: Desk, *facts: Fact) -> None:
    """Change the sealed directory, as two people do."""
    changed = await change_directory(desk, facts, "dora.kim")
    if changed.change_id is not None:
        await confirm_change(desk, changed.change_id, "otto.audit")


async def lets_through(desk: Desk, percent: str = "1.5", charges: str = "25.00") -> None:
    """Have bookings settle with a rate so many per cent apart, and with charges of so many dollars at most."""
    rules = (await desk.directory()).rules
    assert rules is not None
    tolerance = {"rate_percent": percent, "charges": {"amount": charges, "currency": "USD"}}
    content = {**rules.model_dump(mode="json"), "tolerance": tolerance}
    await decree(desk, HouseRulesSet(rules=HouseRules.model_validate(content)))


async def bind(desk: Desk, *lists: str, days: int | None = None) -> None:
    """Have these sanctions lists bind the organisation, and let their last word be good for so many days."""
    rules = (await desk.directory()).rules
    assert rules is not None
    content = {**rules.model_dump(mode="json"), "lists": lists, "list_days": days}
    await decree(desk, HouseRulesSet(rules=HouseRules.model_validate(content)))


async def watch(desk: Desk, *rows: WatchedCountry) -> None:
    """Have these countries on the organisation's table of the FATF's lists."""
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"watched": rows})))


async def ask_for_offices(desk: Desk) -> None:
    """Have the organisation ask for public offices of people behind a payee."""
    rules = (await desk.directory()).rules
    assert rules is not None
    await decree(desk, HouseRulesSet(rules=rules.model_copy(update={"public_offices": True})))


async def hire(desk: Desk, staff_id: str, *roles: Role) -> str:
    """Let a person work here, with a key of her own."""
    if not desk.keyring.holds(staff_id):
        desk.keyring.make(staff_id)
    member = StaffMember(staff_id=staff_id, name=staff_id.title(), roles=roles)
    key = KeyEnrolled(staff_id=staff_id, key=desk.keyring.public(staff_id))
    await decree(desk, StaffRegistered(member=member), key)
    return staff_id


async def revoke(desk: Desk, staff_id: str) -> None:
    """Take a person's key out of force."""
    await decree(desk, KeyRevoked(staff_id=staff_id, key_id=desk.keyring.public(staff_id).key_id))


async def let_go(desk: Desk, staff_id: str) -> None:
    """A person leaves."""
    await decree(desk, StaffLeft(staff_id=staff_id))
