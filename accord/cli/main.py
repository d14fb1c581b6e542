"""The shell command `accord`: its subcommands, exit codes and error messages."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from importlib.metadata import version
from typing import Annotated

import typer
from rich.text import Text

from accord.cli import (
    clearances,
    console,
    demo,
    evidence,
    filing,
    funds,
    ledger,
    loader,
    notifier,
    partners,
    partnerships,
    payments,
    policy,
    privacy,
    projector,
    recipients,
    refreshing,
    registers,
    reporting,
    retaining,
    reviving,
    stack,
    staff,
    statements,
    status,
    views,
    work,
)
from accord.cli.printing import err
from accord.client.faults import ExitCode, Fault

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="""Accord runs the life of a partnership: proposal, due diligence, eligibility, approval, agreement,
    payment, report, close.

    Exit codes: 0 done, 1 refused, 2 bad input, 3 a service cannot be reached.

    Start here: accord demo""",
)
partnerships.register(app)
partners.register(app)
views.register(app)
work.register(app)
filing.register(app)
reporting.register(app)
retaining.register(app)
clearances.register(app)
app.add_typer(funds.app, name="funds")
app.add_typer(payments.app, name="payments")
for more in (evidence, refreshing):
    more.register(registers.app)
app.add_typer(registers.app, name="registers")
app.add_typer(staff.app, name="staff")
app.add_typer(policy.app, name="policy")
app.add_typer(ledger.app, name="ledger")
app.add_typer(privacy.app, name="privacy")
app.command("verify-recipient")(recipients.verify_recipient)
stack.register(app)
projector.register(app)
loader.register(app)
notifier.register(app)
console.register(app)
statements.register(app)
status.register(app)
reviving.register(app)
app.command()(demo.demo)


def _print_version(asked: bool) -> None:
    if asked:
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
    with suppress(BrokenPipeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _run() -> int:
    if not os.environ.get("ACCORD_DEBUG"):
        logging.disable(logging.CRITICAL)  # the shell prints a fault in one line, and no logs
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Fault as fault:
        return _tell(str(fault), fault.exit_code)
    except Exception as fault:
        if os.environ.get("ACCORD_DEBUG"):
            raise
        message = f"unexpected fault ({type(fault).__name__}: {fault}); --debug shows the trace"
        return _tell(message, ExitCode.UNREACHABLE)
    return ExitCode.DONE


def _tell(message: str, code: ExitCode) -> int:
    err.print(Text.assemble(("accord: ", "bold red"), message), soft_wrap=True)
    return code
