"""`accord follow`: the auditor's own replica of a ledger, verified as it comes, and cosigned as far as it holds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import typer
from typer.core import TyperGroup

from accord.cli.options import JsonOption
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.cli.proof.followed_events import show_event
from accord.cli.proof.proof_options import progress_bar
from accord.client.log_keys import known_keys, signing_key
from accord.follow.cosigning import require_cosigner
from accord.follow.faults import ApiRefused, ApiSilent, FolderUnusable, LedgerDiverged
from accord.follow.folder import EventFinding, Replica
from accord.follow.following import LedgerFollower, Round
from accord.follow.forever import follow_on
from accord.follow.standing import ReplicaStanding, standing_of
from accord.follow.wire import LedgerApi
from accord.presentation.faults import BadInput, Refused, Unreachable
from accord.presentation.numbers import count_in_words
from deploy.logins import SecretUnusable, read_secret
from domain.errors import UpgradeNeeded
from ledger import clock
from ledger.proof.notes import NoteRefused, SigningKey, VerifierKey

EVERY: Final = 60.0
_OWN: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that are this machine: what goes there passes nobody."""
_UNSIGNED: Final = (
    "nothing is followed, since no checkpoint is signed there yet: ask the organisation to sign one "
    "(`accord ledger checkpoint`)"
)
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help="The replica's folder.")]


class _Following(TyperGroup):
    """The group, in which an address stands for the command that follows it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, ["from", *args] if args and "://" in args[0] else args)


following = typer.Typer(cls=_Following, no_args_is_help=True, help="Follow a ledger over its API, as an auditor.")


@following.callback()
def follow() -> None:
    """Follow a ledger over its API: a replica of your own, verified as it comes. It needs no database of theirs.

    Example: accord follow https://api.example.org --token-file token --folder replica --log ledger.key.pub
    """


LogOption = Annotated[
    str, typer.Option("--log", help="The ledger's public key (NAME+ID+KEY), or its file; kept with the replica.")
]
KeyOption = Annotated[Path | None, typer.Option("--key", help="Your cosigner's key; without it nothing is cosigned.")]


@following.command("from")
def follow_from(
    url: Annotated[str, typer.Argument(metavar="URL", help="The API, such as https://api.example.org.")],
    token_file: Annotated[Path, typer.Option("--token-file", metavar="FILE", help="The file of your token.")],
    folder: Annotated[Path, typer.Option("--folder", help="Your replica: made at the first time, gone on with later.")],
    log_key: LogOption = "",
    key_file: KeyOption = None,
    once: Annotated[bool, typer.Option("--once", help="Follow up to the newest checkpoint, and end.")] = False,
    every: Annotated[float, typer.Option("--every", min=1, help="Seconds between rounds.")] = EVERY,
    as_json: JsonOption = False,
) -> None:
    """Follow a ledger: keep the exact bytes of its events, verify each, and cosign checkpoints that hold in full.

    Only what a signed checkpoint covers is followed. Killed, it goes on after its last whole page. Where the ledger is
    not the one that was followed it stops for good, and says from which event on.
    Exit code 0 all holds, 1 something does not, 3 the API does not answer (--once alone; otherwise it waits).
    Example: accord follow https://api.example.org --token-file token --folder replica --log ledger.key.pub --once
    """
    _require_private(url)
    token, key = _token(token_file), _cosigner(key_file)
    with _plainly(), Replica(folder) as replica, LedgerApi(url, token) as api:
        follower = LedgerFollower(api, replica, _log(log_key, replica), key)
        with progress_bar() as bar:
            task = bar.add_task("Events", total=None)

            def show_progress(size: int, total: int) -> None:
                bar.update(task, completed=size, total=total)

            if not once:
                said: set[str] = set()
                follow_on(follower, show_progress, lambda result: _say(result, said), _tell, every)
            result = follower.once(show_progress)
        _print_standing(standing_of(replica), as_json)
    for line in hindrances(result):
        _tell(line)
    if result.open_findings:
        first = result.open_findings[0]
        raise Refused(_found(first, len(result.open_findings)), "FindingsOpen")


@following.command("status")
def follow_status(folder: FolderArgument, as_json: JsonOption = False) -> None:
    """Show how far a replica followed, verified and cosigned, what it could not recompute, and what stops it.

    Example: accord follow status replica
    """
    with _plainly(), Replica(folder, to_read=True) as replica:
        _print_standing(standing_of(replica), as_json)


@following.command("show")
def follow_show(
    folder: FolderArgument,
    position: Annotated[int, typer.Argument(metavar="POSITION", min=1, help="The event's position.")],
    as_json: JsonOption = False,
) -> None:
    """Show an event as your replica keeps it, names of people sealed, with what stands against it.

    Example: accord follow show replica 1234
    """
    with _plainly(), Replica(folder, to_read=True) as replica:
        show_event(replica, position, as_json)


@following.command("judge")
def follow_judge(
    folder: FolderArgument,
    position: Annotated[int, typer.Argument(metavar="POSITION", min=1, help="The event with a finding.")],
    because: Annotated[str, typer.Option("--because", help="Your judgement, kept with the replica.")],
) -> None:
    """Keep your own judgement of a finding, so that later checkpoints are cosigned again. The finding stays listed.

    Example: accord follow judge replica 1234 --because "a test of theirs, shown to us on 3 December; paid nothing"
    """
    with _plainly(), Replica(folder) as replica:
        if position not in {finding.position for finding in replica.findings()}:
            raise BadInput(f"POSITION: event {position} has no finding; `accord follow status {folder}` lists them")
        if not because.strip():
            raise BadInput("--because: write why it does not stand against a cosignature")
        replica.judge(position, because.strip(), clock.now())
    out.print(f"Event {position} is judged: later checkpoints are cosigned again.")


@contextmanager
def _plainly() -> Iterator[None]:
    """Raise the failure of a command in place of a follower's fault."""
    try:
        yield
    except LedgerDiverged as fault:
        raise Refused(f"stopped at event {fault.position}, for good: {fault.reason}", "LedgerDiverged") from fault
    except (ApiRefused, UpgradeNeeded) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault
    except ApiSilent as fault:
        raise Unreachable(f"{fault}; what was followed is kept") from fault
    except FolderUnusable as fault:
        raise BadInput(str(fault)) from fault
    except sqlite3.Error as fault:
        raise BadInput(f"the replica cannot be used ({fault}); what was followed before is kept") from fault


def _require_private(url: str) -> None:
    """Raise BadInput for an address to which the token would go in clear, past everybody on the way."""
    address = urlsplit(url)
    if address.scheme != "https" and address.hostname not in _OWN:
        raise BadInput(f"URL: {url} is not over TLS, and your token would be read on its way; write https://")


def _token(file: Path) -> str:
    try:
        return read_secret(file)
    except SecretUnusable as fault:
        raise BadInput(f"--token-file: {fault}") from fault


def _cosigner(file: Path | None) -> SigningKey | None:
    if file is None:
        return None
    key = signing_key(file)
    try:
        require_cosigner(key)
    except NoteRefused as fault:
        raise BadInput(f"--key: {fault}") from fault
    return key


def _log(log_key: str, replica: Replica) -> VerifierKey:
    """Return the ledger's public key: as it is given, or as the replica keeps it."""
    log = replica.state("log")
    [key] = known_keys([log_key] if log_key or not log else [log])
    return key


def _found(finding: EventFinding, number: int) -> str:
    more = f"; {number - 1} more are listed (`accord follow status FOLDER`)" if number > 1 else ""
    look = f"`accord follow show FOLDER {finding.position}` shows it"
    return f"event {finding.position}: {finding.reason}{more}. Nothing new is cosigned until it is judged; {look}"


def _tell(line: str) -> None:
    err.print(f"accord: {line}", style="yellow", soft_wrap=True, markup=False)


def _say(result: Round, said: set[str]) -> None:
    """Print a line of a round that brought something. Each finding, and what is in the way, is said once."""
    for line in (*(_found(finding, 1) for finding in result.open_findings), *hindrances(result)):
        if line not in said:
            _tell(line)
        said.add(line)
    if result.new:
        out.print(f"{result.size:,} events followed, {result.new:,} new; {_cosigned(result.cosigned)}.", soft_wrap=True)


def hindrances(result: Round) -> Iterator[str]:
    """Yield a line for what keeps a round from following, or from handing in."""
    if not result.is_signed:
        yield _UNSIGNED
    if result.unposted:
        yield f"not handed in: {result.unposted}"


def _cosigned(size: int | None) -> str:
    return "nothing is cosigned" if size is None else f"cosigned up to {size:,}"


def _print_standing(standing: ReplicaStanding, as_json: bool) -> None:
    if as_json:
        return print_json(standing.as_json())
    cosignature = standing.cosigned.size if standing.cosigned is not None else None
    out.print(f"{standing.size:,} events of {standing.origin or 'no ledger yet'} followed; {_cosigned(cosignature)}.")
    if standing.verified:
        numbers = (count_in_words(number, name.removesuffix("s")) for name, number in standing.verified.items())
        out.print(f"Verified: {', '.join(numbers)}.", soft_wrap=True)
    if standing.uncounted:
        rows = [(f"{count.number:,}", count.reason, count.first) for count in standing.uncounted]
        out.print(rows_table(("Events", "Not recomputed, since", "First"), rows))
    if standing.findings:
        judgements = standing.judged
        lines = (
            (finding.position, finding.reason, judgements.get(finding.position, "-")) for finding in standing.findings
        )
        out.print(rows_table(("Event", "What stands against it", "Your judgement"), lines))
    if standing.stopped is not None:
        words = f"Stopped at event {standing.stopped['position']}, for good: {standing.stopped['reason']}"
        out.print(words, style="red", soft_wrap=True, markup=False)
    return out.print(f"Root: {standing.root.hex()}")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.add_typer(following, name="follow")
