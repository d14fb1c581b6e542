"""Shell commands on recalls: a payment that left is asked back, and the bank's answer is recorded."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, cast

import typer

from accord.cli.options import ActorOption, IdArgument, JsonOption, ReasonOption, digest_of, run
from accord.cli.partnerships.acts import add_act, option
from accord.cli.printing.new_files import write_new
from accord.cli.printing.output import out, print_json
from accord.cli.printing.receipts import print_receipt
from accord.client.desk import open_desk
from accord.client.reading import LedgerAccess
from accord.counter.recalls.asking import RecallFile, recall_file
from accord.presentation.faults import BadInput
from deploy.logins import Login
from domain.identity import unique_transaction_reference
from domain.money.rails import PaymentRail
from domain.partnership import commands as c
from domain.partnership.payment.recalling import open_recall
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.events import TrancheEvent
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.streams import StreamId
from workflows.messages import Receipt


def _recall(
    partnership: IdArgument,
    tranche: Annotated[int, option(c.RecallPayment, "tranche")],
    actor: ActorOption,
    reason: ReasonOption,
    responsible: Annotated[str | None, option(c.RecallPayment, "responsible", metavar="STAFF")] = None,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[Receipt, Tranche | None]:
        async with open_desk(acting=True) as desk:
            sight = await desk.known_sight(partnership)
            progress = sight.partnership.tranche(tranche)
            attempt = max(progress.attempt, 1) if progress is not None else 1
            content = {"tranche": tranche, "attempt": attempt, "reason": reason, "responsible": responsible}
            receipt = await desk.decide(sight, c.RecallPayment, actor, **content)
            return receipt, await _attempt(desk, partnership, tranche, attempt)

    receipt, payment = run(work())
    identifiers = to_tell(payment) if payment is not None else {}
    if as_json:
        return print_json({"receipt": receipt, "sent": False, "to_tell": identifiers})
    print_receipt(receipt, as_json=False)
    out.print("Nothing was sent to the bank. Tell it to recall this payment, by its own channel, today:")
    for name, content in identifiers.items():
        out.print(f"  {name}: {content}", markup=False)
    out.print("It is not back before its return is booked, whatever the bank answers.")
    if payment is not None and payment.order.leaves_by is PaymentRail.ISO_20022:
        command = f"accord payments recall-file {partnership} --tranche {tranche} --out FILE"
        out.print(f"Next: `{command}` writes the request (camt.055).", markup=False, soft_wrap=True)
    return None


async def _attempt(desk: LedgerAccess, partnership_id: str, tranche: int, attempt: int) -> Tranche | None:
    history = await desk.reader.read(StreamId.attempt(partnership_id, tranche, attempt))
    return fold_tranche(tuple(cast(TrancheEvent, recorded_event.event) for recorded_event in history))


def to_tell(payment: Tranche) -> dict[str, str]:
    """Return the particulars by which a bank finds a payment: its identifiers, the sum, the payee and the days."""
    order = payment.order
    return {
        "End-to-end identification": payment.end_to_end_id,
        "UETR": unique_transaction_reference(order.payment_id),
        "Message identification of its file": payment.message_id,
        "Sum": str(order.money),
        "Payee": order.payee.name,
        "Released on": order.released_at.date().isoformat(),
    }


def _answer(
    partnership: IdArgument,
    tranche: Annotated[int, option(c.AnswerRecall, "tranche")],
    answer: Annotated[RecallAnswer, option(c.AnswerRecall, "answer", case_sensitive=False)],
    document: Annotated[Path, option(c.AnswerRecall, "document_sha256", "--document", metavar="FILE|SHA256")],
    actor: ActorOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.known_sight(partnership)
            recall = open_recall(sight.partnership, tranche)
            if recall is None:
                raise BadInput(f"--tranche: no recall of tranche {tranche} of {partnership} is open")
            content = {
                "tranche": tranche, "attempt": recall.attempt, "answer": answer, "reason": reason,
                "document_sha256": paper,
            }  # fmt: skip
            return await desk.decide(sight, c.AnswerRecall, actor, **content)

    paper = digest_of(document, actor, partnership)
    print_receipt(run(work()), as_json)


def make_recall_file(
    partnership: IdArgument,
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the request goes, or its folder.")],
    tranche: Annotated[int, typer.Option("--tranche", min=1, help="The payment that is recalled.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Write the request to the bank for a payment back (camt.055.001.08), from the recall that is recorded.

    Made again it is the same file. It sends nothing: hand it to the bank by its own channel. The bank answers by the
    case in it (camt.029), and `accord payments import` takes the answer up. By ACH there is no such message.
    Example: accord payments recall-file P-2026-0042 --tranche 1 --out .
    """

    async def work() -> RecallFile:
        async with open_desk(Login.EXPORTER) as desk:
            return await recall_file(desk, partnership, tranche)

    request = run(work())
    path = file / request.name if file.is_dir() else file
    write_new(path, request.content)
    sha256 = hashlib.sha256(request.content).hexdigest()
    if as_json:
        return print_json({"file": str(path), "case": request.case.name, "sha256": sha256, "sent": False})
    out.print(f"The request of case {request.case.name}: {path}", markup=False, soft_wrap=True)
    out.print(f"SHA-256 {sha256}", markup=False, soft_wrap=True)
    return out.print("Nothing was sent. Next: hand it to the bank, and import its answer (`accord payments import`).")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord payments`."""
    add_act(
        app, c.RecallPayment, _recall,
        'payments recall P-2026-0042 --tranche 1 --as paul.nkosi --reason "the account was closed"',
    )  # fmt: skip
    app.command("recall-file")(make_recall_file)
    add_act(
        app, c.AnswerRecall, _answer,
        "payments answer-recall P-2026-0042 --tranche 1 --answer GRANTED --document letter.pdf --as paul.nkosi "
        '--reason "their letter of 3 March"',
    )  # fmt: skip
