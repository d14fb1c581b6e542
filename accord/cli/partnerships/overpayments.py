"""The shell command on an overpayment: two people let the grantee keep it."""

from __future__ import annotations

import typer

from accord.cli.options import ActorOption, IdArgument, JsonOption, ReasonOption, SeenOption, run
from accord.cli.partnerships.acts import add_act
from accord.cli.partnerships.deciding import Showing, YesOption, show_before_signing
from accord.cli.printing.receipts import print_receipt
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput
from domain.partnership import commands as c
from domain.partnership.payment.overpaying import overpaid_money
from workflows.messages import Receipt


def _waive_recovery(
    partnership: IdArgument,
    actor: ActorOption,
    reason: ReasonOption,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen)
            if not sight.partnership.overpaid_open:
                raise BadInput(f"{partnership}: nothing is paid beyond the plan and open; `accord show {partnership}`")
            content = {"money": overpaid_money(sight.partnership), "reason": reason}
            await show_before_signing(desk, sight, c.WaiveRecovery, actor, content, Showing.unless(yes, as_json))
            return await desk.decide(sight, c.WaiveRecovery, actor, **content)

    print_receipt(run(work()), as_json)


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    add_act(
        app, c.WaiveRecovery, _waive_recovery,
        'waive-recovery P-2026-0042 --reason "the next grant is smaller by as much" --as femi.ade',
    )  # fmt: skip
