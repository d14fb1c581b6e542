"""The shell command `accord`: its subcommands, exit codes and error messages."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from contextlib import suppress
from importlib.metadata import requires, version
from typing import Annotated

import typer
from rich.text import Text

from accord.cli.lazily import loading
from accord.cli.printing.output import err, fault_as_json
from accord.presentation.faults import ExitCode, Failure, Unreachable
from deploy.variables import configured

DECIDE, PAY, LOOK, PEOPLE, RUN = "Propose and decide", "Pay", "Look", "People and partners", "Run it"

PAYMENTS = loading(
    {
        "Accounts": {"payments.accounts": ("account", "confirm", "change-account", "balance")},
        "To the bank": {
            "payments.payment_list": ("list",),
            "payments.files_out": ("export", "hand-over", "write-again", "never-sent", "cancel", "files"),
            "payments.sheets": ("typed", "countersign"),
        },
        "From the bank": {
            "payments.answers": ("import", "sample-answer"),
            "payments.exceptions": ("exceptions", "resolve"),
            "payments.recalls": ("recall", "recall-file", "answer-recall"),
            "payments.reopening": ("reopen",),
            "payments.statements": ("statements",),
            "payments.mappings": ("mapping",),
            "payments.entries": ("entries", "assign"),
        },
    }
)
REGISTERS = loading(
    {
        "Ask": {"registers.evidence": ("show", "screen", "replay"), "registers.rates": ("rates",)},
        "Load": {
            "registers.refreshing": ("refresh", "override"),
            "registers.versions": ("load", "sample", "status", "version"),
        },
    }
)
EDITIONS = loading(
    {
        "In force": {"editions.asking": ("list", "show", "ask", "confirm")},
        "Files": {"editions.files": ("check", "make", "workbook", "preview", "diff", "export")},
    }
)
LETTERS = loading(
    {
        "Issue": {"letters.issuing": ("list", "preview", "issue", "show", "check")},
        "Templates, and the seal": {"letters.files": ("try", "facts", "key", "sealer")},
    }
)
DOOR = loading(
    {
        "Use": {"door.acts": ("invite", "end", "return", "take-over"), "door.reading": ("list", "show")},
        "Prove": {"door.verifying": ("verify",)},
    }
)
LEDGER = loading(
    {
        "Prove": {
            "proof.ledger": ("verify", "status"),
            "proof.proofs": ("key", "checkpoint", "cosign", "receipt", "check-receipt"),
        },
        "Repair": {
            "proof.ledger": ("rebuild",),
            "organisation.setting_aside": ("set-aside",),
            "proof.epochs": ("begin-epoch",),
            "installation.reviving": ("accept-loss",),
        },
    }
)
BOOKS = loading(
    {
        "Look": {"books.lists": ("trial-balance", "fund", "commitments", "ageing", "forecast")},
        "Export and close": {
            "books.before": ("checklist",),
            "books.closing": ("export", "close", "confirm", "periods"),
        },
    }
)
IMPORTS = loading(
    {
        "Look": {
            "imports.checking": ("suggest", "check"),
            "imports.signing": ("status", "list"),
            "imports.showing": ("show",),
        },
        "Bring in": {"imports.signing": ("sign", "apply")},
    }
)
SHADOW = loading({"Look": {"shadow.checking": ("check", "verify")}, "Each night": {"shadow.nightly": ("nightly",)}})
PUBLISH = loading(
    {
        "Publish": {
            "publishing.making": ("360giving", "commongrants", "iati", "schedules"),
            "publishing.board": ("board",),
            "publishing.gifts": ("gift",),
            "publishing.blocked": ("blocked",),
        },
        "Look": {"publishing.verifying": ("verify",), "publishing.explaining": ("explain",)},
    }
)
COMMANDS = loading(
    {
        DECIDE: {
            "partnerships.new_proposal": ("new",),
            "partnerships.life": ("propose", "sign-agreement", "hold", "assign"),
            "partnerships.filing": (
                "clear", "amend", "split", "declare-interest", "report-subrecipients", "report-diversion", "assure",
            ),
            "partnerships.reports.filing": ("report",),
            "partnerships.truths": ("tell", "answer-truth"),
            "partnerships.clearances": ("clear-match",),
        },
        PAY: {
            "partnerships.life": ("release", "agree-rest", "give-up-rest"),
            "partnerships.reports.reading": ("refund",),
            "partnerships.overpayments": ("waive-recovery",),
            "partnerships.acts": ("confirm-refund", "withdraw-refund"),
            "payments.funds": ("funds",),
        },
        LOOK: {
            "partnerships.work": ("work",),
            "partnerships.listing": ("list", "obligations"),
            "partnerships.views": ("show", "history"),
            "partnerships.reports.reading": ("reports", "results", "responsibility"),
            "partnerships.budgets": ("budget",),
            "partnerships.truths": ("truths",),
            "partnerships.clearances": ("matches",),
            "partnerships.recipients": ("verify-recipient",),
            "partnerships.policy": ("policy",),
            "partnerships.statements": ("statement",),
            "payments.auditing": ("audit",),
            "door.clock": ("clock",),
            "proof.attesting": ("attest",),
            "proof.following": ("follow",),
        },
        PEOPLE: {
            "partnerships.partners": ("partners", "partner"),
            "organisation.staff": ("staff",),
            "organisation.privacy": ("privacy",),
            "organisation.paper_care": ("papers",),
            "organisation.retaining": ("retention",),
        },
        RUN: {
            "installation.demo": ("demo",),
            "installation.setup": ("setup",),
            "installation.stack": ("up", "migrate", "directory", "schema"),
            "installation.status": ("status",),
            "installation.doctor": ("doctor",),
            "installation.settings": ("settings",),
            "installation.runbook": ("runbook", "monitoring"),
            "processes.console": ("console",),
            "processes.counter": ("counter",),
            "processes.projector": ("projector",),
            "processes.loader": ("loader",),
            "processes.notifier": ("notifier",),
            "processes.post": ("post",),
            "processes.webhooks": ("webhooks",),
            "processes.grantee": ("grantee",),
            "processes.examiner": ("examiner",),
            "processes.api": ("api",),
            "installation.payloads": ("payloads",),
            "installation.deploying": ("deploy",),
            "installation.backups": ("backup", "restore"),
            "installation.upgrade": ("upgrade",),
            "installation.reviving": ("revive",),
        },
    },
    default_module="partnerships.acts",
)  # fmt: skip
app = typer.Typer(
    cls=COMMANDS,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="""Accord runs the life of a partnership: proposal, due diligence, eligibility, approval, agreement,
    payment, report, close.

    Exit codes: 0 done, 1 refused, 2 bad input, 3 a service cannot be reached.

    Start here: accord demo""",
)
payments = typer.Typer(cls=PAYMENTS, no_args_is_help=True, help="Bank details in, payment files out, bank answers in.")
registers = typer.Typer(
    cls=REGISTERS, no_args_is_help=True, help="Public registers: load a publisher's file, see what is in force."
)
ledger = typer.Typer(
    cls=LEDGER,
    no_args_is_help=True,
    help="""The ledger itself: sign what it is, prove an event, verify it, rebuild what is folded from it.

    Example: accord ledger key ledger.example.org --out ledger.key; accord ledger checkpoint --key ledger.key
    --to checkpoints; accord ledger receipt P-2026-0042@1 --checkpoints checkpoints --log ledger.key.pub""",
)
editions = typer.Typer(
    cls=EDITIONS,
    no_args_is_help=True,
    help="""Question sets, budget templates, score sheets, letters and calls: made from a workbook, asked for by one
    person and confirmed by another.""",
)
letters = typer.Typer(
    cls=LETTERS,
    no_args_is_help=True,
    help="""Letters: made of an edition in force and of what stands, sealed, kept, and issued by a signed act.

    Example: accord letters preview P-2026-0042 --edition award --out award.pdf""",
)
door = typer.Typer(
    cls=DOOR,
    no_args_is_help=True,
    help="""The grantee's door: who is invited to which form, and what was handed in by a link without an account.

    Example: accord door invite P-2026-0042 --form REPORT --about 1 --contact 1 --language en --until 2027-03-01""",
)
books = typer.Typer(
    cls=BOOKS,
    no_args_is_help=True,
    help="""The book: double entries that follow from the ledger, what stands in it, exports, and closed periods.

    Example: accord books trial-balance --as-of 2026-11-30""",
)
imports = typer.Typer(
    cls=IMPORTS,
    no_args_is_help=True,
    help="""What exists already: partnerships of before Accord, checked in their own table, signed by two, brought in.

    Example: accord import suggest grants.xlsx --source grants-database --first P-2026-5001 > mapping.toml""",
)
shadow = typer.Typer(
    cls=SHADOW,
    no_args_is_help=True,
    help="""Beside another system: its nightly export judged by the rules, kept and signed. Nothing is decided.

    Example: accord shadow check export --mapping mapping.toml --day 2026-11-30""",
)
publish = typer.Typer(
    cls=PUBLISH,
    no_args_is_help=True,
    help="""Publications as of two dates: files for others, each with a receipt that names its place in the ledger.

    Example: accord publish schedules --at 2026-12-31 --out schedules-2026""",
)
for group, name, panel in (
    (payments, "payments", PAY),
    (books, "books", PAY),
    (registers, "registers", RUN),
    (ledger, "ledger", RUN),
    (editions, "editions", DECIDE),
    (letters, "letters", DECIDE),
    (door, "door", DECIDE),
    (imports, "import", RUN),
    (shadow, "shadow", LOOK),
    (publish, "publish", LOOK),
):
    app.add_typer(group, name=name, rich_help_panel=panel)


def _print_version(flag: bool) -> None:
    if flag:
        typer.echo(f"accord {version('accord')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version and end.", callback=_print_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the trace of an unexpected fault.")] = False,
) -> None:
    """Apply the options that every command shares."""
    if debug:
        os.environ["ACCORD_DEBUG"] = "1"


def main() -> None:
    """Run the shell command and end with its exit code.

    The process skips the interpreter's own shutdown, which the Temporal SDK's threads may abort: a refused command
    would then end with exit code 134 instead of 1.
    """
    os.umask(0o077)  # files written here, archives and logs included, are readable by their owner alone
    code = _run()
    if spans := sys.modules.get("deploy.spans"):
        spans.finish()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run() -> int:
    if not configured("ACCORD_DEBUG"):
        logging.disable(logging.CRITICAL)  # the shell prints a fault in one line, and no logs
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Failure as fault:
        return _tell(fault)
    except Exception as fault:
        if configured("ACCORD_DEBUG"):
            raise
        if isinstance(fault, ModuleNotFoundError) and (extra := extra_with(fault.name or "")):
            return _tell(Unreachable(f"{fault.name} is not installed; run: pip install 'accord[{extra}]'"))
        return _tell(Unreachable(f"unexpected fault ({type(fault).__name__}: {fault}); --debug shows the trace"))
    return ExitCode.DONE


def extra_with(module: str) -> str:
    """Return the extra of this distribution that brings a module, or '' if none is known to."""
    package = module.partition(".")[0].replace("_", "-").lower()
    for requirement in requires("accord") or ():
        match = re.match(r"([A-Za-z0-9_-]+).*;.*extra == .(\w+)", requirement)
        if match and match[1].replace("_", "-").lower() in {package, f"python-{package}"}:
            return match[2]
    return ""


def _tell(fault: Failure) -> int:
    """Print a fault in one line, or as JSON where JSON was asked for."""
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": fault_as_json(fault)}), err=True)
    else:
        err.print(Text.assemble(("accord: ", "bold red"), str(fault)), soft_wrap=True)
    return fault.exit_code
