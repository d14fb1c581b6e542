"""Decide on diversions: what they stop, and what answers them."""

from __future__ import annotations

from typing import assert_never

from domain.errors import IllegalTransition
from domain.partnership.circumstances import Circumstances
from domain.partnership.diversion import commands as c
from domain.partnership.diversion.diversions import DiversionAnswer
from domain.partnership.events import Events
from domain.partnership.hold.decisions import held_unless_ended
from domain.partnership.procedure import event_of_command
from domain.partnership.state import Partnership
from domain.proposal import Direction


def decide_diversion(partnership: Partnership, command: c.DiversionRequest, circumstances: Circumstances) -> Events:
    """Return the events of a diversion, with the hold that it places, or of its answer."""
    match command:
        case c.ReportDiversion():
            return (event_of_command(command), *_held_for_diversion(partnership, command))
        case c.RecordAssurance():
            _require_answered(partnership, command, circumstances)
            return (event_of_command(command),)
        case _:
            assert_never(command)


def _held_for_diversion(partnership: Partnership, command: c.ReportDiversion) -> Events:
    """Return the hold that stops payments until the diversion is answered."""
    return held_unless_ended(partnership, command.at, f"money was diverted: {command.what}", Direction.FUNDS_OUT)


def _require_answered(partnership: Partnership, command: c.RecordAssurance, circumstances: Circumstances) -> None:
    """Check the completeness of assurances: the sum diverted, the sum that came back and by which entry.

    Raises:
        IllegalTransition: Something is missing, or does not agree.
    """
    diversions, out = partnership.responsibility.diversions, partnership.proposed.funds_out
    again = diversions.again or bool(circumstances.diverted_before)
    answer = DiversionAnswer(
        diverted=command.diverted,
        restored=command.restored,
        bank_reference=command.bank_reference,
        precautions=command.precautions,
        has_paper=command.document_sha256 is not None,
    )
    if fault := diversions.fault_of(answer, partnership.refunds, out.currency if out else "", again=again):
        raise IllegalTransition(f"cannot record assurance: {fault}")
