"""The shell command that verifies a published folder by itself: its signature, and each file that it lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from accord.cli.options import JsonOption
from accord.cli.printing.output import out, print_json
from accord.cli.publishing.folders import FolderDifferences, differences_in, read_receipt
from accord.cli.publishing.signatures import TrustedOption, UnsignedOption, trust_of
from accord.presentation.faults import ExitCode


def verify(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A published folder.")],
    log: TrustedOption = None,
    without_signature: UnsignedOption = False,
    as_json: JsonOption = False,
) -> None:
    """Verify a published folder without a database: the signature on its receipt, and the digest of each file.

    It names what was changed, added or is missing, and then ends with 1.
    Example: accord publish verify schedules-2026 --log ledger.key.pub
    """
    receipt, signers = read_receipt(folder, trust_of(log, without_signature))
    differences = differences_in(folder, receipt)
    if as_json:
        print_json({"folder": str(folder), "signed_by": list(signers), **differences._asdict()})
    else:
        _say(folder, signers, differences, len(receipt["sha256"]))
    if any(differences):
        raise typer.Exit(ExitCode.REFUSED)


def _say(folder: Path, signers: tuple[str, ...], differences: FolderDifferences, number: int) -> None:
    out.print(f"the receipt is signed by {', '.join(signers) or 'nobody'}", markup=False)
    for kind, names in differences._asdict().items():
        for name in names:
            out.print(f"{kind.partition('_')[0]}: {name}", style="red", markup=False)
    if not any(differences):
        out.print(f"{number} files in {folder} are as they were published", markup=False, soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command to the shell."""
    app.command()(verify)
