"""Shell commands on exceptions: list them, and record what each of them was."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.payments.files_out import content_of
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_sums import typed_money
from accord.client.desk import Desk, open_desk
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.client.waiting.unanswered import Unanswered, unanswered
from accord.counter.exceptions import Resolved, resolve
from accord.counter.resolutions import PaymentReference
from accord.counter.stated.raising import exception_to_resolve
from deploy.logins import Login
from domain.payment.bank_answers import Resolution
from payments.answers.exceptions import RaisedException

_EXCEPTIONS: Final = ("Exception", Heading("Raised", 2), Heading("Kind", 1), "Partnership", "The bank says", "Why")


def exceptions(
    everything: Annotated[bool, typer.Option("--all", help="Those that were resolved as well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the exceptions: statements of the bank that could not be matched, each to be resolved by a person.

    So is a payment that was at the bank already when somebody told something that would have stopped it.
    Example: accord payments exceptions
    """

    async def work() -> tuple[list[RaisedException], list[Unanswered]]:
        async with open_desk() as desk:
            return await listed_exceptions(desk, everything), await unanswered(desk)

    raised_exceptions, waiting = run(work())
    open_truths = [open_truth for open_truth in waiting if open_truth.at_the_bank]
    if as_json:
        documents = [
            {**{k: str(v) for k, v in exception._asdict().items()}, "name": exception.name}
            for exception in raised_exceptions
        ]
        return print_json([*documents, *map(_told_as_json, open_truths)])
    if not raised_exceptions and not open_truths:
        return out.print("Nothing waits for a person.")
    for since in open_truths:
        words = f"{since.truth.name}  {since.partnership_id}: {since.exception()}: `{since.command}`"
        out.print(words, markup=False, soft_wrap=True)
    if not raised_exceptions:
        return None
    rows = [
        (
            exception.name,
            f"{exception.raised_at:%Y-%m-%d}",
            exception.kind.value,
            exception.partnership or "-",
            exception.content,
            exception.reason,
        )
        for exception in raised_exceptions
    ]
    out.print(rows_table(_EXCEPTIONS, rows))
    for raised_exception in raised_exceptions:
        if raised_exception.next_step:
            out.print(f"Next for {raised_exception.name}: {raised_exception.next_step}", markup=False, soft_wrap=True)
    return None


def _told_as_json(open_truth: Unanswered) -> dict[str, str]:
    about = {"name": open_truth.truth.name, "kind": "TOLD_SINCE", "partnership": open_truth.partnership_id}
    return {
        **about,
        "reason": open_truth.exception(),
        "raised_at": str(open_truth.truth.at),
        "next_step": f"`{open_truth.command}`",
    }


def resolve_exception(
    exception: Annotated[str, typer.Argument(metavar="EX-...", help="The exception, or the beginning of its name.")],
    kind: Annotated[Resolution, typer.Option("--kind", help="What it was.")],
    note: Annotated[str, typer.Option("--note", help="How you know, for those who read it years later.")],
    actor: ActorOption,
    partnership_id: Annotated[str, typer.Option("--partnership", help="Whose it is, for belongs-to.")] = "",
    tranche: Annotated[int, typer.Option("--tranche", min=0, help="Of which payment, for belongs-to.")] = 0,
    attempt: Annotated[int, typer.Option("--attempt", min=0, help="Of which attempt; the newest without it.")] = 0,
    word: Annotated[
        Path | None, typer.Option("--word", metavar="FILE", help="The bank's letter, for nothing-booked; it is kept.")
    ] = None,
    booked: Annotated[
        str, typer.Option("--booked", help='For booked-with-difference: what the bank booked, such as "USD 30025.00".')
    ] = "",
    back: Annotated[
        str,
        typer.Option(
            "--came-back",
            help="Of an exchanged payment that came back: how much of it, in its own currency. By the rate of its "
            "booking without this.",
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Record under your signature what an exception, or an open entry of a statement, was. The totals change.

    KIND is one of these.

    ours: no partnership has it, such as salaries or interest. It counts in none.

    belongs-to: it counts, for the payment or the partnership named (--partnership, --tranche). Two people say so of
    a booking in another currency.

    told-before: it repeats one that is known.

    bank-error, returned-to-sender: it does not count. What a blocked person sent is not sent back, but lies in a
    blocked account (blocked-account).

    booked-with-difference: the bank booked it with its charges or in another currency, and it counts at the
    instructed sum (--booked). What was exchanged and came back counts at the sum of its own currency that is back
    (--came-back). Two people say so.

    nothing-booked: a rejected payment ended unpaid, by the bank's letter (--word), at the earliest two business
    days after its execution day. Two people say so.

    Two people also sign what makes money payable again or counts it as received. Neither may have released, made,
    handed over or imported it.

    Example: accord payments resolve EX-1A2B3C4D5E --kind bank-error --note "reversed on 3 December" --as femi.ade
    """

    async def work() -> Resolved:
        async with open_desk(Login.IMPORTER, hinting=True) as desk:
            raised_exception = await exception_to_resolve(desk, exception, actor)
            belongs = PaymentReference(partnership_id, tranche, attempt or await _newest(desk, partnership_id, tranche))
            letter = (word.name, content_of(word)) if word is not None else None
            sums = (
                typed_money("--booked", booked) if booked else None,
                typed_money("--came-back", back) if back else None,
            )
            return await resolve(desk, raised_exception, kind, belongs, note, actor, letter, *sums)

    outcome = run(work())
    if as_json:
        return print_json({"exception": outcome.exception.name, "waits_for_second": outcome.waits_for_second})
    kind = outcome.resolution
    if outcome.told:
        out.print(outcome.told, markup=False, soft_wrap=True)
    if outcome.waits_for_second:
        out.print(f"Signed by {actor}. It counts once another person says the same:")
        return out.print(f"  accord payments resolve {outcome.exception.name} --kind {kind.value} ... --as STAFF")
    return out.print(f"{outcome.exception.name} is resolved: {kind.value}.")


async def _newest(desk: Desk, partnership_id: str, tranche: int) -> int:
    if not partnership_id or not tranche:
        return 0
    progress = (await desk.known_partnership(partnership_id)).tranche(tranche)
    return progress.attempt if progress is not None else 0


def register(app: typer.Typer) -> None:
    """Add these commands to those on payments."""
    app.command()(exceptions)
    app.command("resolve")(resolve_exception)
