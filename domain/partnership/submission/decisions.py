"""Decide the door's acts, and whether what was handed in may be taken over."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events, SubmissionReturned
from domain.partnership.state import Partnership
from domain.partnership.submission import commands as c


def return_submission(_: Partnership, command: c.ReturnSubmission, circumstances: Circumstances) -> Events:
    """Return the event of what is returned. It is under a seal, as what is taken over is."""
    require_sealed(circumstances)
    fields = command.model_dump(exclude={"kind", "command_id", "signature"})
    return (SubmissionReturned(**fields, signature=command.signature),)


def require_sealed(circumstances: Circumstances) -> None:
    """Raise IllegalTransition if what a command takes over is not what was handed in, or under no seal."""
    if circumstances.unsealed is not None:
        raise IllegalTransition(str(circumstances.unsealed))


def require_no_repeat(circumstances: Circumstances) -> None:
    """Raise IllegalTransition if a report may repeat what waits in the inbox, and says nothing of it."""
    if circumstances.repeated is not None:
        raise IllegalTransition(str(circumstances.repeated))
