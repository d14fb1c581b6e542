"""Reports or assurances that a grantee owes under one partnership stop payments under all (26 CFR 53.4945-5(e))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Wait


def concerns_the_grantee(command: c.AnyCommand, partnership: Partnership) -> bool:
    """True if a command may change what stands against the grantee under its other partnerships."""
    match command:
        case c.ReportDiversion() | c.RecordAssurance():
            return True
        case c.PassDeadline(wait=Wait.OBLIGATION) | c.Report() | c.ReturnReport() | c.AcceptReport():
            return bool(partnership.responsibility.required)
        case _:
            return False


def concerns_the_agreement(command: c.AnyCommand) -> bool:
    """True if a command may change what stands against payments under the agreement that it leads."""
    is_agreement_hold = isinstance(command, c.PlaceHold) and command.whole_agreement
    return is_agreement_hold or isinstance(command, c.Terminate | c.LiftHold)


def owed_elsewhere(partnerships: Iterable[Partnership], on: date) -> tuple[Fault, ...]:
    """Return the grantee's debts under other partnerships in which something was paid to it."""
    paid_partnerships = (partnership for partnership in partnerships if partnership.has_paid)
    debts = (
        (partnership.partnership_id, partnership.responsibility.against_grantee(partnership.reporting, on))
        for partnership in paid_partnerships
    )
    return tuple(Fault(f"{fault} ({partnership_id})") for partnership_id, fault in debts if fault)


def diverted_before(partnership: Partnership, partnerships: Iterable[Partnership]) -> tuple[str, ...]:
    """Return the other partnerships of a grantee in which it diverted money no later than in this one."""
    day = partnership.responsibility.diversions.since
    first_diversions = (
        (partnership.partnership_id, partnership.responsibility.diversions.since) for partnership in partnerships
    )
    return tuple(name for name, since in first_diversions if since is not None and day is not None and since <= day)
