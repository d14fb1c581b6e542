"""The procedure as a page, generated from the domain's own tables, so that page and behaviour cannot differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.people.exclusions import EXCLUDES
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import FILING, GOING_ON, OPEN, PROCEDURE, SINCE_AGREED, UNTIL_GIVEN_UP, Step
from domain.partnership.stages import Stage

_HAVE: Final = {
    Part.PROPOSED: "who proposed it",
    Part.CLEARED: "who cleared its referral",
    Part.APPROVED: "who approved it already",
    Part.CALLED_BACK: "who called back about the account",
    Part.SIGNED: "who signed its agreement",
    Part.RELEASED: "who paid in it",
    Part.REPORTED: "who filed a report",
    Part.ACCEPTED: "who accepted or returned a report",
    Part.HELD: "who placed the hold",
}
_STAGES: Final = {
    OPEN: "before the agreement is signed",
    GOING_ON: "until it ends",
    UNTIL_GIVEN_UP: "until it ends; CLOSED, to give up what came back",
    SINCE_AGREED: "ACTIVE, and after the end",
    frozenset(Stage): "at any time",
    FILING: "from ELIGIBILITY on, and after the end",
}
_TIERS: Final = "whom the tiers name for the sum; a DIRECTOR too, once the deadline has passed"


class ProcedureLine(NamedTuple):
    """A line of the page's table: a decision, its stages, who may take it, and who may not."""

    decision: str
    stages: str
    roles: str
    never: str


def steps() -> Iterator[ProcedureLine]:
    """Yield a line for each step in the domain's table of the procedure."""
    for command, step in PROCEDURE.items():
        name = str(command.model_fields["kind"].default).replace("_", " ")
        if command is c.Approve:
            clearing = step._replace(stages=frozenset({Stage.ELIGIBILITY}), part=Part.CLEARED)
            yield _line("clear a referral", clearing, "VERIFIER; a DIRECTOR too, once the deadline has passed")
            yield _line("approve", step._replace(stages=step.stages - {Stage.ELIGIBILITY}), _TIERS)
        else:
            yield _line(name, step, "anybody" if step.roles == frozenset(Role) else ", ".join(sorted(step.roles)))


def procedure_page() -> str:
    """Return the procedure as a Markdown page."""
    lines = ["| a decision | stage | is taken by | and never by |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(f"| {' | '.join(line)} |" for line in steps())]) + "\n"


def _line(name: str, step: Step, roles: str) -> ProcedureLine:
    parts = (
        dict.fromkeys(part for duty in EXCLUDES.get(step.part, ()) for part in sorted(duty.parts)) if step.part else {}
    )
    never = [_HAVE[part] for part in parts] + (["anybody with an interest"] if step.decides else [])
    if step.stopped_by_hold:
        never.append("anybody, under a hold")
    stages = _STAGES.get(step.stages) or ", ".join(stage.value for stage in Stage if stage in step.stages)
    return ProcedureLine(name, stages, roles, "; ".join(never))
