"""Shell commands that make publications: files in a folder, with the receipt that names the place in the ledger."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from accord.cli.options import JsonOption, KnownAtOption
from accord.cli.publishing.orders import AtOption, FunderOption, OutOption, PublishingOrder, publish_order
from accord.cli.publishing.signatures import SigningOption, key_in
from accord.presentation.faults import BadInput
from domain.values import short
from publishing.commongrants.publication import common_grants
from publishing.iati.publication import iati
from publishing.schedules.publication import basis_of, schedules
from publishing.threesixty.publication import PREFIX, three_sixty


def schedules_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    key: SigningOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write Schedules I and F of Form 990 for the newest fiscal year that is over, as CSV and as a workbook.

    The year and the basis of accounting are the funder's in the directory (`year_ends`, `basis`). With them come the
    statements of expenditure responsibility. What is not listed is counted with its reason.
    Example: accord publish schedules --at 2026-12-31 --known-at 2027-04-30 --out schedules-2026
    """
    publish_order(
        PublishingOrder(at, known_at, funder, folder, as_json, key_in(key)),
        lambda cases_at: schedules(cases_at.cases, cases_at.stand, cases_at.past),
        basis_of,
    )


def three_sixty_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="PREFIX", help="The publisher's prefix, such as 360G-example.")
    ] = "",
    key: SigningOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write the grants as a 360Giving package: JSON by the standard's schema 1.4, and the same as CSV and workbook.

    What is withheld is counted with its reason, and what could be better by check.
    Example: accord publish 360giving --at 2026-12-31 --prefix 360G-example --out grants-2026
    """
    if prefix and not re.fullmatch(PREFIX, prefix):
        raise BadInput(f"--prefix: {short(prefix)} is no prefix of a publisher; write it as 360G-example")
    order = PublishingOrder(at, known_at, funder, folder, as_json, key_in(key))
    publish_order(order, lambda cases_at: three_sixty(cases_at.cases, cases_at.stand, prefix))


def iati_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    key: SigningOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write the grants for work abroad as IATI activities 2.03, each commitment and disbursement a transaction.

    A grant without sector, period or one country is left out and counted: the standard refuses it.
    Example: accord publish iati --at 2026-12-31 --out iati-2026
    """
    publish_order(
        PublishingOrder(at, known_at, funder, folder, as_json, key_in(key)),
        lambda cases_at: iati(cases_at.cases, cases_at.stand),
    )


def common_grants_command(
    at: AtOption, folder: OutOption, known_at: KnownAtOption = None, funder: FunderOption = "",
    key: SigningOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Write the grants as award documents of the CommonGrants protocol 0.4, with a status and ids that stay.

    A grant on hold is suspended, by a person or by a rule; the hold's own words stay inside.
    Example: accord publish commongrants --at 2026-12-31 --out awards-2026
    """
    order = PublishingOrder(at, known_at, funder, folder, as_json, key_in(key))
    publish_order(order, lambda cases_at: common_grants(cases_at.cases, cases_at.stand))


def register(app: typer.Typer) -> None:
    """Add the commands to the shell."""
    app.command("360giving")(three_sixty_command)
    app.command("commongrants")(common_grants_command)
    app.command("iati")(iati_command)
    app.command("schedules")(schedules_command)
