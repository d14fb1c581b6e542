"""The procedure and the duties are tables: complete, and in agreement with the audit, which keeps its own copy."""

from __future__ import annotations

from itertools import chain
from typing import Any, get_args

import pytest

from accord.audit.present import people_fault
from accord.audit.walk.walk import StandingApproval, Walk
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.fault import Fault
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import ACTS, PROCEDURE
from domain.partnership.report.reports import FiledReport, Reporting, ReportState
from domain.plans import ReportKind
from domain.recorded.proofs import FOLLOWS
from domain.unions import kinds_of
from tests.builders import NOON, money

COMMANDS = set(kinds_of(*get_args(c.StaffRequest)))
BY_STAFF = {kind for kind in kinds_of(e.Event) if issubclass(kind, e.StaffEvent) or "signature" in kind.model_fields}


def test_every_command_of_staff_is_a_step() -> None:
    assert set(PROCEDURE) == COMMANDS


def test_every_event_of_staff_follows_from_just_one_step() -> None:
    recorded = list(chain.from_iterable(step.records for step in PROCEDURE.values()))
    assert sorted(map(repr, recorded)) == sorted(map(repr, BY_STAFF))


@pytest.mark.parametrize("command", sorted(COMMANDS, key=repr), ids=lambda kind: kind.__name__)
def test_a_step_is_legal_somewhere_and_somebody_may_take_it(command: type[c.StaffCommand]) -> None:
    step = PROCEDURE[command]
    assert step.stages
    assert step.roles
    assert all(words.receipt and words.deed for words in step.records.values())


@pytest.mark.parametrize("event", sorted(set(ACTS) - set(FOLLOWS), key=repr), ids=lambda kind: kind.__name__)
def test_what_an_event_keeps_is_what_its_command_says(event: type[e.Event]) -> None:
    """A field that its event leaves out of a command would be signed and lost."""
    [command] = [one for one, step in PROCEDURE.items() if event in step.records]
    beside = {"kind", "command_id", "event_type", "accepted_at_once"}  # the last is of form 1 alone
    assert command.model_fields.keys() - beside == event.model_fields.keys() - beside


ONE, OTHERS = "ana.silva", {"proposer": "pia.berg", "payer": "paul.nkosi", "caller": "cal.lee", "signer": "dora.kim"}
PAID_FOR = (Part.CLEARED, Part.APPROVED, Part.CALLED_BACK, Part.RELEASED)
"""The parts that a payment rests on: the audit asks who took them."""

PAIRS = [
    (taken, before)
    for taken in PAID_FOR
    for duty in EXCLUDES[taken]
    for before in sorted(duty.parts)
    if taken is not before  # twice is asked below
]


def _judged(by: str) -> FiledReport:
    kind, state = ReportKind.PROGRESS, ReportState.ACCEPTED
    return FiledReport(number=1, kind=kind, received_on=NOON.date(), actor="pia.berg", state=state, judged_by=by)


def asked(*parts: Part) -> Fault | None:
    """The audit's verdict on a payment in which one person took these parts, and others all the rest."""

    def whoever(part: Part, otherwise: str) -> str:
        return ONE if part in parts else otherwise

    walk = Walk()
    walk.proposers = {whoever(Part.PROPOSED, OTHERS["proposer"])}
    walk.reporting = Reporting(filed=(_judged(whoever(Part.ACCEPTED, "rosa.lund")),))
    walk.verifier = whoever(Part.CLEARED, "vera.lind")
    walk.signatory = whoever(Part.SIGNED, OTHERS["signer"])
    walk.approvals = [StandingApproval(whoever(Part.APPROVED, "femi.ade"), Role.FINANCE_APPROVER, "", None)]
    release: Any = e.TrancheReleased(
        at=NOON, actor=whoever(Part.RELEASED, OTHERS["payer"]), tranche=1, attempt=1, money=money()
    )
    return people_fault(walk, release, whoever(Part.CALLED_BACK, OTHERS["caller"]), Directory())


def test_where_each_part_is_somebody_elses_the_audit_finds_nothing() -> None:
    assert asked() is None


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " after ".join(pair))
def test_the_audit_finds_whoever_took_two_parts_that_exclude_each_other(pair: tuple[Part, Part]) -> None:
    assert asked(*pair)


def test_the_audit_finds_who_approved_twice() -> None:
    walk = Walk()
    walk.approvals = [
        StandingApproval(ONE, role, "", None) for role in (Role.FINANCE_APPROVER, Role.PROGRAMME_APPROVER)
    ]
    release: Any = e.TrancheReleased(at=NOON, actor=OTHERS["payer"], tranche=1, attempt=1, money=money())
    assert "one person approved twice" in str(people_fault(walk, release, "", Directory()))
