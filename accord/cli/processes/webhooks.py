"""`accord webhooks`: enrol endpoints that hear what the ledger records, send to them, and see where each stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.organisation.changes import SignerOption, print_changed, print_proposed
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.client.desk import open_desk
from accord.operations.processes.standing import StandingProcess, stand
from accord.operations.webhooks import enrolling
from accord.operations.webhooks.enrolling import EndpointStanding, EnrolledSecret
from accord.organisation.governance import DirectoryChange
from accord.presentation.faults import Unreachable
from deploy.connections import payload_keys
from deploy.logins import Login
from deploy.settings import database_url
from deploy.variables import NotConfigured
from domain.recorded.schema import KINDS as EVENT_TYPES
from domain.webhooks.endpoint import KINDS

app = typer.Typer(
    no_args_is_help=True,
    help="""Webhooks: what an endpoint hears of the ledger is posted to it, signed, in order, and never skipped.

    Two guardians enrol an endpoint. The id of a message is the event's place in the ledger: what comes twice is the
    same. docs/webhooks.md says how a receiver is written.

    Example: accord webhooks enrol general-ledger https://books.example.org/hook --hears PaymentSettled
    --until 2027-06-30 --as dora.kim""",
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the endpoint, such as general-ledger.")]


HearsOption = Annotated[
    list[str],
    typer.Option("--hears", help="A type of event, such as PaymentSettled, a kind of stream, or everything."),
]
AfterOption = Annotated[
    int | None,
    typer.Option("--after", min=0, help="The position after which it hears; else the newest one."),
]


@app.command()
def enrol(
    name: NameArgument,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where it is posted to: https://HOST/PATH.")],
    hears: HearsOption,
    until: Annotated[datetime, typer.Option("--until", metavar="DAY", parser=typed_day, help="The last day, in UTC.")],
    after: AfterOption = None,
    actor: SignerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose an endpoint, and show its secret, once. Another director or auditor confirms it.

    Names of people stay sealed in what is sent. The receiver verifies with the secret (standardwebhooks.com).
    Example: accord webhooks enrol general-ledger https://books.example.org/hook --hears PaymentSettled --hears fund
    --until 2027-06-30 --as dora.kim
    """

    async def work() -> EnrolledSecret:
        try:
            keys = payload_keys()
        except NotConfigured as fault:
            raise Unreachable(str(fault)) from fault
        async with open_desk() as desk:
            begins = after if after is not None else await desk.ledger.head()
            content = {
                "name": name, "url": url, "hears": tuple(sorted(set(hears))), "after": begins, "last_day": until.date(),
            }  # fmt: skip
            return await enrolling.enrol(desk, keys, actor, content)

    enrolment = run(work())
    if as_json:
        change_id = str(enrolment.change.change_id) if enrolment.change.change_id else None
        content = enrolment.endpoint.model_dump(mode="json")
        return print_json({**content, "secret": enrolment.secret, "change_id": change_id})
    out.print("Its secret, which is shown this once; give it to whoever runs the receiver:", markup=False)
    out.print(f"  {enrolment.secret}", markup=False, highlight=False, soft_wrap=True)
    return print_proposed(enrolment.change)


@app.command()
def revoke(name: NameArgument, actor: SignerOption = None, as_json: JsonOption = False) -> None:
    """Revoke an endpoint. Nothing more is sent from this signature on, and another guardian's makes it final.

    Example: accord webhooks revoke general-ledger --as dora.kim
    """

    async def work() -> DirectoryChange:
        async with open_desk() as desk:
            return await enrolling.revoke(desk, name, actor)

    print_changed(run(work()), as_json, "Revoked.")


@app.command("list")
def list_endpoints(as_json: JsonOption = False) -> None:
    """List the endpoints: where each is, what it hears, and until when.

    Example: accord webhooks list
    """
    lines = _standings()
    if as_json:
        return print_json([{**line.endpoint.model_dump(mode="json"), "state": line.state} for line in lines])
    rows = [
        (line.endpoint.name, line.state, line.endpoint.url, ", ".join(line.endpoint.hears), line.endpoint.last_day)
        for line in lines
    ]
    table = rows_table(("Endpoint", "State", "Address", "Hears", Heading("Until", 1)), rows)
    return out.print(table if rows else "There is no endpoint; see `accord webhooks enrol --help`.")


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Show where each endpoint stands. The exit code is 1 while one is stopped.

    Example: accord webhooks status
    """
    lines = _standings()
    if as_json:
        print_json([_as_json(line) for line in lines])
    else:
        rows = [
            (line.endpoint.name, line.state, _position(line), line.behind, _reason(line)) for line in lines
        ]  # fmt: skip
        headings = ("Endpoint", "State", Heading("Took up to", 2), Heading("Behind", 2), "Why")
        out.print(rows_table(headings, rows) if rows else "There is no endpoint.")
    if any(line.state == "STOPPED" for line in lines):
        raise typer.Exit(1)


@app.command()
def types(as_json: JsonOption = False) -> None:
    """List the types of event and the kinds of stream that an endpoint can hear.

    Example: accord webhooks types
    """
    meanings = {name: (kind.__doc__ or "").strip().partition("\n")[0] for name, kind in sorted(EVENT_TYPES.items())}
    if as_json:
        return print_json({"types": meanings, "kinds": sorted(KINDS)})
    out.print(rows_table(("Type of event", "Means"), meanings.items()))
    return out.print(f"Kinds of stream: {', '.join(sorted(KINDS))}.", markup=False, soft_wrap=True)


@app.command()
def stop(name: NameArgument, actor: ActorOption) -> None:
    """Stop an endpoint at once, until somebody lets it go on. Nothing is lost meanwhile.

    Example: accord webhooks stop general-ledger --as ana.silva
    """
    _act(lambda desk: enrolling.stop(desk, name, actor), f"{name} is stopped.")


@app.command()
def resume(name: NameArgument, actor: ActorOption) -> None:
    """Let an endpoint go on where it was: what waits is sent at once, in order.

    Example: accord webhooks resume general-ledger --as ana.silva
    """
    _act(lambda desk: enrolling.resume(desk, name, actor), f"{name} goes on where it was.")


@app.command()
def replay(
    name: NameArgument,
    first: Annotated[int, typer.Option("--from", metavar="POSITION", min=1, help="The first position to send again.")],
    actor: ActorOption,
) -> None:
    """Send an endpoint again what it hears from a position on, under the same ids. A stopped one goes on by it.

    Example: accord webhooks replay general-ledger --from 4711 --as ana.silva
    """
    _act(lambda desk: enrolling.replay(desk, name, first, actor), f"{name} hears again from {first} on.")


@app.command()
def send() -> None:
    """Send to the endpoints until stopped. One process works, and others wait for it to end.

    In the environment: ACCORD_WEBHOOK_HOSTS, the hosts of one's own network that may be sent to.
    Example: ACCORD_SECRETS=/run/secrets accord webhooks send
    """
    raise typer.Exit(stand("webhooks", _send))


async def _send(process: StandingProcess) -> None:
    from accord.operations.webhooks.addresses import own_hosts
    from accord.operations.webhooks.sender import Sender  # of what it needs, a shell needs nothing

    keys, own_settings = payload_keys(), own_hosts()
    pool = await process.database(database_url(Login.WEBHOOKS), 8)
    sender = Sender(pool, keys, own_settings, process.meter)
    process.beside(sender.forever())
    process.works("sending")
    await process.until_stopped()


def _act(act: Any, words: str) -> None:
    async def work() -> None:
        async with open_desk() as desk:
            await act(desk)

    run(work())
    out.print(words, markup=False)


def _standings() -> list[EndpointStanding]:
    async def work() -> list[EndpointStanding]:
        async with open_desk() as desk:
            return await enrolling.standings(desk)

    return run(work())


def _position(line: EndpointStanding) -> int:
    return line.cursor.begins(line.endpoint) if line.cursor is not None else line.endpoint.after


def _reason(line: EndpointStanding) -> str:
    if line.cursor is None:
        return "" if line.state == "WAITS" else "its secret is not kept here"
    next_words = f"; again {line.cursor.next_at:%Y-%m-%d %H:%M} UTC" if line.cursor.next_at is not None else ""
    return f"{line.cursor.reason}{next_words}"


def _as_json(line: EndpointStanding) -> dict[str, Any]:
    cursor = line.cursor
    return {
        "name": line.endpoint.name, "state": line.state, "position": _position(line), "behind": line.behind,
        "reason": _reason(line),
        **{name: getattr(cursor, name, None) for name in ("tried", "taken_at", "next_at", "stopped_at", "said_by")},
    }  # fmt: skip


def register(root: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    root.add_typer(app, name="webhooks")
