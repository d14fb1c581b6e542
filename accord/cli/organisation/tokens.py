"""Shell commands on the tokens of the HTTP API: enrolled by two guardians, listed, and revoked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Final

import typer
from pydantic import ValidationError

from accord.cli.options import EmergencyOption, JsonOption, decider, run
from accord.cli.organisation.changes import SignerOption, print_proposed
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.client.database import open_database
from accord.client.desk import open_desk
from accord.client.log_keys import known_keys
from accord.client.reading import LedgerAccess
from accord.organisation.governance import DirectoryChange, change_directory
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import lines_of
from deploy.logins import new_secret
from domain.directory.people import ApiTokenEnrolled, ApiTokenRevoked
from domain.organisation.tokens import PREFIX, ApiToken, Scope, digest_of_secret, token_id_of
from ledger import clock
from ledger.proof.notes import COSIGNATURE
from records.keys.api_tokens import HeldToken, TokensOnRecord

LONGEST: Final = timedelta(days=366)
"""The longest time for which a token is enrolled here. Whoever reads longer asks for another one."""

TokenArgument = Annotated[str, typer.Argument(metavar="TOKEN", help="Its name, such as T-5D41402ABC4B.")]

app = typer.Typer(no_args_is_help=True, help="Tokens of the HTTP API: enrolled and revoked by guardians.")


@app.command()
def enrol(
    holder: Annotated[str, typer.Argument(help="Who reads with it: an id of the staff directory, or a short name.")],
    scopes: Annotated[list[str], typer.Option("--scope", help=f"One of {', '.join(Scope)}; may be repeated.")],
    until: Annotated[
        datetime, typer.Option("--until", metavar="DAY", parser=typed_day, help="Its last day, within a year.")
    ],
    witness: Annotated[
        str, typer.Option("--witness", help="Its holder's public key (or its file), for the scope cosign.")
    ] = "",
    actor: SignerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token and propose it: it opens nothing until a second guardian confirms. Its secret is shown here, once.

    The record holds the digest of the secret, and no machine of ours keeps it. What its scopes open stays the same: for
    others a new token is enrolled.
    Example: accord api token enrol audit-firm --scope events --scope proofs --until 2027-06-30 --as dora.kim
    """
    secret = PREFIX + new_secret()
    token = _token(holder, scopes, until.date(), digest_of_secret(secret), _witness(witness))

    async def work() -> DirectoryChange:
        async with open_desk() as desk:
            if not (await desk.directory()).sealed:
                raise Refused("two guardians enrol a token: give a director a key first (`accord staff enrol`)")
            return await change_directory(desk, (ApiTokenEnrolled(token=token),), actor)

    change = run(work())
    if as_json:
        return print_json({"token": token.token_id, "secret": secret, "change_id": str(change.change_id)})
    out.print(f"{token.token_id} for {holder}. Its secret, shown once and kept nowhere:")
    out.print(f"  {secret}", soft_wrap=True, markup=False, highlight=False)
    return print_proposed(change)


@app.command()
def revoke(
    token_id: TokenArgument,
    actor: SignerOption = None,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    """Revoke a token, for ever. It opens nothing any more as soon as this is recorded, before anybody confirms it.

    Example: accord api token revoke T-5D41402ABC4B --as dora.kim
    """

    async def work() -> DirectoryChange:
        async with open_desk(decider(emergency)) as desk:
            directory = await desk.directory()
            if all(token.token_id != token_id for token in directory.tokens):
                raise Refused(f"nobody enrolled {token_id[:40]!r}; see `accord api token list`", "Unknown")
            if token_id in directory.revoked_tokens:
                return DirectoryChange(0)
            return await change_directory(desk, (ApiTokenRevoked(token_id=token_id),), actor)

    change = run(work())
    if as_json:
        return print_json({"token": token_id, "change_id": str(change.change_id) if change.change_id else None})
    if change.change_id is None:
        return out.print("It is revoked already.")
    out.print(f"{token_id} opens nothing any more.")
    return print_proposed(change)


@app.command("list")
def list_tokens(as_json: JsonOption = False) -> None:
    """List every token that was ever enrolled, with what it opens and whether it still does.

    Example: accord api token list
    """

    async def work() -> list[HeldToken]:
        async with open_database() as pool:
            return await TokensOnRecord(LedgerAccess(pool).ledger).all_held(clock.today())

    held_tokens = run(work())
    if as_json:
        return print_json(
            [{**held.token.model_dump(mode="json"), "standing": held.standing.value} for held in held_tokens]
        )
    if not held_tokens:
        return out.print("No token was enrolled.")
    rows = (
        (held.token.token_id, held.token.holder, ", ".join(held.token.scopes), f"{held.token.last_day}", held.standing)
        for held in held_tokens
    )
    return out.print(rows_table(("Token", "Holder", "Scopes", "Last day", "Standing"), rows))


def _witness(text: str) -> str | None:
    """Return the key with which a token's holder cosigns, or None. Raises BadInput for one that is no cosigner's."""
    if not text:
        return None
    [key] = known_keys([text], "--witness")
    if key.kind != COSIGNATURE:
        raise BadInput(f"--witness: {key.name} is no cosigner's key; its holder makes one with `--cosigner`")
    return str(key)


def _token(holder: str, scopes: list[str], last_day: date, digest: str, witness: str | None) -> ApiToken:
    """Return the token that is asked for. Raises BadInput for a scope, a holder or a day that it cannot have."""
    if (Scope.COSIGN in scopes) is (witness is None):
        raise BadInput("--witness: the scope cosign and the key of its holder go together; name both or neither")
    if unknown := [scope for scope in scopes if scope not in list(Scope)]:
        raise BadInput(f"--scope: there is no scope {unknown[0][:40]!r}; it is one of {', '.join(Scope)}")
    if not clock.today() <= last_day <= clock.today() + LONGEST:
        raise BadInput(f"--until: {last_day} is not within a year from today; a token is enrolled for a year at most")
    in_order = tuple(scope for scope in Scope if scope in scopes)
    try:
        return ApiToken(
            token_id=token_id_of(digest), holder=holder, scopes=in_order, sha256=digest, last_day=last_day,
            witness=witness,
        )  # fmt: skip
    except ValidationError as fault:
        raise BadInput(lines_of(fault)) from None
