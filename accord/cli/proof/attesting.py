"""`accord attest`: whether events, postings, statements and open workflows say the same of money on a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Final

import asyncpg
import typer

from accord.cli.options import JsonOption
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.proof.proof_options import KnownOption, guarded
from accord.client.desk import open_desk
from accord.client.log_keys import known_keys, signing_key
from accord.operations.attesting.attesting import Signing, attest, look
from accord.operations.attesting.gathering import Sources
from accord.operations.attesting.log import AttestationLog, Attested
from accord.operations.attesting.nightly import Attester
from accord.operations.processes.standing import StandingProcess, stand
from accord.presentation.faults import BadInput
from accord.presentation.words.organisation.attestation import VERDICTS, difference_in_words
from deploy.connections import connect_to_list
from deploy.logins import Login
from deploy.settings import attestations_folder, database_url, embedded_temporal_address
from deploy.variables import configured
from domain.attestation.line import DayVerdict, Findings, LineFigures
from ledger import clock
from ledger.proof.checkpoints import CheckpointFolder
from records.authorship import Reader
from records.books.reading import Books
from records.opening import open_ledger

_HEADINGS: Final[tuple[str | Heading, ...]] = (
    "Funder", "Account",
    *(Heading(text, is_sum=True) for text in ("Events", "Postings", "Bank balance", "Entries of the day")),
    Heading("Not Accord's, or not explained", is_sum=True),
)  # fmt: skip
_SINCE: Final = (
    "Events and postings are sums of all since the ledger began; the bank's balance has what stood there before, too, "
    "and what is not Accord's. `accord books checklist DAY` goes from the one to the other."
)
EXIT_CODES: Final = {DayVerdict.AGREES: 0, DayVerdict.DIFFERS: 1, DayVerdict.NOT_KNOWN: 2}


DayOption = Annotated[str, typer.Option("--day", metavar="DAY", help="Such as 2026-11-30; yesterday without it.")]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", envvar="ACCORD_CHECKPOINT_KEY", help="Sign the line with this key, and keep it."),
]
CheckpointsOption = Annotated[
    Path | None, typer.Option("--checkpoints", envvar="ACCORD_CHECKPOINTS", help="The folder of checkpoints.")
]
NightlyOption = Annotated[
    bool, typer.Option("--nightly", help="Go on: attest each day once it is over, and again what is not known.")
]


def attest_day(
    day_text: DayOption = "",
    key_file: KeyOption = None,
    folder: CheckpointsOption = None,
    known: KnownOption = [],  # noqa: B006
    because: Annotated[str, typer.Option("--because", help="Why a day is attested again; kept in its line.")] = "",
    nightly: NightlyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare events, postings, bank statements and open workflows: where was the money on a day?

    Four readers that share nothing read them. Where a side differs, it says which, by how much and where. With --key
    the line is signed into the log of attestations, as of the newest checkpoint; the same line is kept once, and
    another one of the day supersedes it. A side that is away is not known, never agreed.
    Exit code 0 all agree, 1 a side differs, 2 something is not known, or bad input.
    Example: accord attest --day 2026-11-30, or: accord attest --key ledger.key --checkpoints checkpoints
    """
    signing = _signing(key_file, folder, known)
    if nightly:
        if signing is None:
            raise BadInput("--key: name the key that signs, and --checkpoints the folder of checkpoints")
        raise typer.Exit(stand("attester", lambda process: _stand(process, signing)))
    day = _day(day_text)
    findings: Findings | None = None
    entry: Attested | None = None

    async def work() -> None:
        nonlocal findings, entry
        async with open_desk(Login.ATTESTER) as desk:
            sources = _sources(desk.pool, desk.reader)
            if signing is not None:
                [entry] = await attest(sources, [day], signing, _log(signing), because)
            else:
                [result] = await look(sources, [day], await desk.ledger.head())
                findings = result.findings

    guarded(work)
    day_findings = entry.line if entry is not None else findings
    assert day_findings is not None  # noqa: S101 - the work is done, or it raised
    if as_json:
        print_json(day_findings.model_dump(mode="json"))
    else:
        print_findings(day_findings, entry)
    raise typer.Exit(EXIT_CODES[day_findings.verdict])


def _signing(key_file: Path | None, folder: Path | None, known: list[str]) -> Signing | None:
    if key_file is None:
        return None
    if folder is None:
        raise BadInput("--checkpoints: name the folder of checkpoints; a line is signed as of the newest")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"--checkpoints: {folder} is no folder; name the one that `accord ledger checkpoint` writes to")
    keys = known_keys(known) if known or configured("ACCORD_LOG") else ()
    return Signing(signing_key(key_file), keys, CheckpointFolder(folder))


def _log(signing: Signing) -> AttestationLog:
    return AttestationLog(attestations_folder(signing.checkpoints.folder), signing.keys)


def _sources(pool: asyncpg.Pool, reader: Reader) -> Sources:
    return Sources(pool, reader, Books(reader), lambda: connect_to_list(embedded_temporal_address()))


async def _stand(process: StandingProcess, signing: Signing) -> None:
    pool = await process.database(database_url(Login.ATTESTER), 2)
    sources = _sources(pool, Reader(open_ledger(pool)))
    attester = Attester(sources, signing, _log(signing), process.meter)
    process.checks["attestations"] = attester.fault
    process.beside(attester.forever())
    process.works("attesting")
    await process.until_stopped()


def _day(text: str) -> date:
    """Return the day that is asked for, or yesterday. Raises BadInput for one that is not over."""
    try:
        day = date.fromisoformat(text) if text else clock.today() - timedelta(days=1)
    except ValueError:
        raise BadInput(f"--day: {text!r} is no day; write it like 2026-11-30") from None
    if day >= clock.today():
        raise BadInput(f"--day: {day} is not over; the newest is {clock.today() - timedelta(days=1)}")
    return day


def print_findings(findings: Findings, entry: Attested | None) -> None:
    """Print a day: the figures of its sides, where they differ, and the line that was signed, if one was."""
    out.print(f"{findings.day}: {VERDICTS[findings.verdict]}")
    if findings.figures:
        out.print(rows_table(_HEADINGS, map(_row, findings.figures)))
        out.print(_SINCE, soft_wrap=True)
    for line in _details(findings):
        out.print(line, markup=False, soft_wrap=True)
    if entry is None:
        out.print("Not signed: name --key and --checkpoints to keep the line.")
    else:
        state = "signed" if entry.is_new else "the day's line says so already"
        out.print(f"{entry.path}: {state}.", markup=False, soft_wrap=True)


def _row(figures: LineFigures) -> tuple[str, ...]:
    sums = (figures.events, figures.postings, figures.balance)
    cells = ("not known" if amount is None else f"{figures.currency} {amount:,}" for amount in sums)
    others = f"{figures.currency} {figures.other_sum:,} in {figures.other_entries}" if figures.other_entries else "none"
    return figures.funder, figures.account, *cells, str(figures.entries), others


def _details(findings: Findings) -> Iterator[str]:
    """Yield each difference, and each reason why something is not known."""
    for difference in findings.differences:
        yield f"- {difference_in_words(difference)}"
    for reason in findings.unknowns:
        yield f"- {reason.side} not known: {reason.reason}"
    if findings.more:
        yield f"- and {findings.more} more"


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command("attest")(attest_day)
