"""Shell commands on sheets: what was typed into the bank's portal, and the second signature before its release."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.partnerships.deciding import Showing, YesOption, show
from accord.cli.printing.output import err, out, print_json
from accord.client.desk import Desk
from accord.client.whole_ledger import exporting
from accord.counter.portal.typing_in import Typed, countersign, record_typed
from payments.out.files import stored_file

SheetArgument = Annotated[str, typer.Argument(metavar="MESSAGE", help="The sheet's message id, ACCM...")]
NumberOption = Annotated[
    str, typer.Option("--confirmation", metavar="NUMBER", help="The number by which the bank's portal confirmed it.")
]


def say_typed(
    message: SheetArgument, confirmation: NumberOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Record a sheet as typed into the bank's portal, with the number that the portal gave. Nothing is paid yet.

    Do not release it in the portal: another person compares it with the sheet first. A number that was misread is
    recorded again, as long as nobody signed it.

    Example: accord payments typed ACCMYT53... --confirmation PT-2026-118204 --as paul.nkosi
    """

    async def work() -> Typed:
        async with exporting() as desk:
            return await record_typed(desk, message, confirmation, actor)

    typing = run(work())
    for doubt in typing.in_doubt:
        err.print(f"accord: do not release it in the portal: {doubt}", style="yellow", soft_wrap=True, markup=False)
    if as_json:
        return print_json({"message_id": message, **typing._asdict()})
    out.print(f"Recorded by {actor}: typed as {typing.confirmation}.", markup=False)
    for number in typing.before:
        out.print(f"It was typed as {number} before: take out of the portal what stands there twice.", markup=False)
    out.print("Another person must compare the portal with the sheet, and sign, before it is released there:")
    return out.print(
        f"  accord payments countersign {message} --confirmation {typing.confirmation} --as STAFF", markup=False
    )


def sign_as_second(
    message: SheetArgument,
    confirmation: NumberOption,
    actor: ActorOption,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Sign, as another person than who typed it, that what stands in the bank's portal is what the sheet says.

    The sheet is shown first. The payment is checked again, up to this moment: a hold, for example, refuses the
    signature, and what stands in the portal is taken out there. After the signature it is released in the portal. Only
    a booking in the bank's statement settles it.

    Example: accord payments countersign ACCMYT53... --confirmation PT-2026-118204 --as femi.ade
    """

    async def work() -> None:
        async with exporting() as desk:
            if (showing := Showing.unless(yes, as_json)).shows:
                show(await _sheet_lines(desk, message, confirmation), showing)
            await countersign(desk, message, confirmation, actor)

    run(work())
    if as_json:
        return print_json({"message_id": message, "confirmation": confirmation, "countersigned_by": actor})
    out.print(f"Signed by {actor} as the second. Now release it in the portal, once.", markup=False)
    return out.print("Next: `accord payments import` the statement of the account that books it.")


async def _sheet_lines(desk: Desk, message_id: str, confirmation: str) -> list[str]:
    """Return the lines of a sheet, which the portal must show under a number."""
    async with desk.pool.acquire() as connection:
        stored = await stored_file(connection, message_id)
    sheet = stored.content.decode("utf-8", "replace").splitlines() if stored is not None and stored.is_sheet else []
    return [f"Compare what the portal shows under {confirmation} with the sheet:", *sheet]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord payments`."""
    app.command("typed")(say_typed)
    app.command("countersign")(sign_as_second)
