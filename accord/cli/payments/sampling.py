"""Shell command for auditors: a sample of payments by money from a seed, taken home as one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.audit.bank.bank_evidence import BankEvidence
from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.client.log_keys import known_keys
from accord.client.papers.opening import open_papers
from accord.client.sampling.drawing import DrawnSample, draw, require_auditor, terms_of
from accord.client.sampling.files import BankWord, SampleFolder, SampleSources
from accord.client.sampling.packing import written
from accord.client.sampling.proofs import SampleProofs, proofs_in
from accord.client.whole_ledger import FOLDER_VARIABLE
from accord.presentation.faults import Refused
from accord.presentation.numbers import count_in_words
from deploy.settings import papers_place
from deploy.variables import configured
from domain.payment.bank_answers import BankAnswer, exception_of


def sample(
    actor: ActorOption,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day of booking.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="The last day of booking.")] = "",
    size: Annotated[str, typer.Option("--size", metavar="NUMBER", help="Select at least so many units.")] = "",
    interval: Annotated[str, typer.Option("--interval", metavar="SUM", help="Or the sum between two units.")] = "",
    currency: Annotated[str, typer.Option("--currency", help="Needed where payments are in several.")] = "",
    seed: Annotated[str, typer.Option("--seed", help="Letters and digits; drawn by chance if it is not given.")] = "",
    head: Annotated[str, typer.Option("--head", metavar="NUMBER", help="The ledger's first events that count.")] = "",
    to: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Take it home: a new folder.")] = None,
    active: Annotated[bool, typer.Option("--active", help="Also papers in which something acts by itself.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Draw a sample of the payments that the bank booked, by money, and take it home as one folder.

    Each unit of money has the same chance; a payment of at least the interval is always in. The same seed and the same
    first events of the ledger give the same sample anywhere. The folder opens offline: events, signatures, papers, the
    bank's entries, receipts, and the SHA-256 of each file. Each paper is a look in the access log. Exit code 1 if one
    is lost.
    Example: accord audit sample --from 2026-01-01 --to 2026-12-31 --size 40 --out sample-2026 --as otto.audit
    """
    fields = {"from": first, "to": last, "size": size, "interval": interval, "currency": currency, "seed": seed,
             "head": head}  # fmt: skip

    async def work() -> tuple[DrawnSample, int]:
        async with open_desk() as desk:
            await require_auditor(desk, actor)
            result = await draw(desk, await terms_of(desk, fields, "--"), "--")
            if to is None:
                return result, 0
            papers = open_papers(desk.pool) if papers_place() else None
            sources = SampleSources(desk, actor, papers, _proofs(desk), active, _bank_word(desk))
            folder = SampleFolder(result, sources)
            await written(folder.files(), to)
            return result, folder.faulty

    result, faulty = run(work())
    if as_json:
        print_json(result.as_json())
    else:
        _print(result, to)
    if faulty and to is not None:
        words = f"{count_in_words(faulty, 'paper')} lost, or others than the ledger names"
        raise Refused(f"{words}; see {to / 'index.html'}", "PaperLost")


def _proofs(desk: Desk) -> SampleProofs | None:
    folder = configured(FOLDER_VARIABLE)
    return proofs_in(desk.ledger, Path(folder), known_keys([])) if folder else None


def _bank_word(desk: Desk) -> BankWord:
    """Return a comparison of an answer with the kept file of the bank, or with the signed resolutions."""
    evidence = BankEvidence(desk.reader)

    async def word(answer: BankAnswer) -> str:
        async with desk.pool.acquire() as connection:
            if await evidence.confirms(connection, answer):
                return "the file that is kept says the same"
            if await evidence.is_settled(connection, exception_of(answer)):
                return "people signed that it counts"
        return "NEITHER a file that is kept says so, NOR did people sign that it counts"

    return word


def _print(result: DrawnSample, to: Path | None) -> None:
    columns = ("Payment", "Payee", "Sum", "Booked", "Why")
    rows = (
        (payment.name, payment.payee, result.money(payment.units), payment.booked_on,
         result.why(choice))
        for choice, payment in result.payments
    )  # fmt: skip
    out.print(rows_table(columns, rows))
    terms = result.terms
    lines = (
        f"{len(result.choices)} of {count_in_words(len(result.population), 'payment')}, {result.money(result.total)}.",
        f"Interval {result.money(result.interval)}, start {result.money(result.start)}, by the SHA-256 of the seed.",
        f"Again: --seed {terms.seed} --head {terms.head}",
        *([f"Taken home: {to / 'index.html'}"] if to is not None else []),
    )
    for line in lines:
        out.print(line, markup=False, soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    """Add the command to those for auditors."""
    app.command("sample")(sample)
