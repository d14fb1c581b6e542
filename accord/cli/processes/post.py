"""`accord post`: sends mail to staff and to grantees, lists mails, and settles those that wait for a person."""

from __future__ import annotations

import sys
from typing import Annotated, Final

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.database import open_database
from accord.client.reading import LedgerAccess
from accord.operations.processes.standing import StandingProcess, stand
from accord.post import outbox
from accord.post.bounces import LONGEST, UnreadableBounce, read_bounce
from accord.post.choices import choice_of, choose
from accord.post.digests import StaffWriter
from accord.post.outbox import FOR_A_PERSON, Mail, MailState
from accord.post.recipients import MailAddress
from accord.post.settings import MailSettings
from accord.presentation.faults import BadInput, Refused, Unreachable
from deploy.logins import Login, SecretUnusable
from deploy.settings import database_url
from deploy.variables import NotConfigured

SHORTEST: Final = 8
"""The fewest letters of the beginning of an id that name a mail."""

IdArgument = Annotated[str, typer.Argument(metavar="MAIL", help="Its id, or a beginning that only one has.")]

app = typer.Typer(invoke_without_command=True, no_args_is_help=False)


@app.callback()
def serve(context: typer.Context) -> None:
    """Send mail until stopped: to staff what waits, as each chose, to grantees what they owe, are asked and are told.

    In the environment: ACCORD_SMTP, the server (the secret of its user is the file `smtp` in the folder of secrets);
    ACCORD_MAIL_FROM, the sender; ACCORD_MAIL_GRANTEES=on to write to grantees, and ACCORD_MAIL_LANGUAGE. Each mail is
    sent at most once: what is in doubt waits for a person.
    Example: ACCORD_SMTP=smtps://accord@mail.example.org ACCORD_MAIL_FROM='Grants <grants@example.org>' accord post
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(stand("post", _work))


async def _work(process: StandingProcess) -> None:
    from accord.post.postman import Postman  # of the library that sends, a shell needs nothing

    settings = MailSettings.from_environment()
    pool = await process.database(database_url(Login.POST), 4)
    process.beside(Postman(pool, settings, process.meter).forever())
    process.works("sending", to_grantees=settings.to_grantees)
    await process.until_stopped()


@app.command("list")
def list_mails(
    state: Annotated[
        list[MailState] | None, typer.Option("--state", help="Only those in this state; else those for a person.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List mails, the newest first: those that were refused or are in doubt, which wait for a person, or others.

    Example: accord post list, or: accord post list --state SENT
    """

    async def work() -> list[Mail]:
        async with open_database() as pool:
            return await outbox.listed_mails(pool, state or FOR_A_PERSON, limit)

    mails = run(work())
    if as_json:
        return print_json([_row(mail) for mail in mails])
    if not mails:
        return out.print("No such mail." if state else "No mail waits for a person.")
    rows = (
        (str(m.id), m.state.value, m.kind.value, m.recipient, f"{m.changed_at:%Y-%m-%d %H:%M}", m.reason) for m in mails
    )
    return out.print(rows_table(("Mail", "State", "Kind", "To", "Since (UTC)", "Why"), rows))


@app.command("show")
def show_mail(mail_id: IdArgument, as_json: JsonOption = False) -> None:
    """Show a mail and its state. The outbox holds no address and no text.

    Example: accord post show 5f0c2d1e
    """

    async def work() -> Mail:
        async with open_database() as pool:
            return await _named(pool, mail_id)

    row = _row(run(work()))
    if as_json:
        return print_json(row)
    return out.print(rows_table(("", ""), ((name, "" if value is None else str(value)) for name, value in row.items())))


@app.command("again")
def send_again(mail_id: IdArgument, actor: ActorOption) -> None:
    """Send another mail in the place of one that was refused or is in doubt. If that one arrived, it arrives twice.

    Example: accord post again 5f0c2d1e --as ana.silva
    """

    async def work() -> str:
        async with open_database() as pool:
            await _require_member(LedgerAccess(pool), actor)
            mail = await _named(pool, mail_id)
            another = await outbox.send_anew(pool, mail, actor)
            if another is None:
                raise _not_waiting(mail)
            return str(another)

    out.print(f"Queued as {run(work())}.")


@app.command("let-go")
def let_go(mail_id: IdArgument, actor: ActorOption) -> None:
    """Let a mail be that was refused or is in doubt: somebody was told in another way, or need not be.

    Example: accord post let-go 5f0c2d1e --as ana.silva
    """

    async def work() -> None:
        async with open_database() as pool:
            await _require_member(LedgerAccess(pool), actor)
            mail = await _named(pool, mail_id)
            if not await outbox.let_go(pool, mail, actor):
                raise _not_waiting(mail)

    run(work())
    out.print("Let go.")


@app.command("choose")
def choose_mail(
    actor: ActorOption,
    address: Annotated[str, typer.Option("--address", help="Where you are written to; else as before.")] = "",
    digest: Annotated[
        int | None, typer.Option("--digest", metavar="HOUR", min=0, max=23, help="A digest each day at this hour.")
    ] = None,
    zone: Annotated[str, typer.Option("--zone", help="The zone of that hour, such as Africa/Kampala.")] = "UTC",
    overdue: Annotated[bool, typer.Option("--overdue", help="Be told at once of what is overdue.")] = False,
    language: Annotated[str, typer.Option("--language", help="en, es or fr; else as before.")] = "",
) -> None:
    """Choose your mail: a digest, at once what is overdue, both, or without either option nothing.

    Example: accord post choose --address ana@example.org --digest 7 --zone Africa/Kampala --overdue --as ana.silva
    """

    async def work() -> None:
        async with open_database() as pool:
            await _require_member(LedgerAccess(pool), actor)
            before = await choice_of(pool, actor)
            kept_address = address or (before.address if before else "")
            kept_language = language or (before.language if before else "en")
            await choose(pool, actor, kept_address, digest, zone, overdue, kept_language)

    run(work())
    hour = f"a digest at {digest}:00 {zone}" if digest is not None else ""
    told = [words for words in (hour, "at once what is overdue" if overdue else "") if words]
    out.print(f"You are mailed {' and '.join(told) or 'nothing'}.")


@app.command("preview")
def preview(actor: ActorOption) -> None:
    """Show the digest that a member of staff would get now. Nothing is sent.

    Example: accord post preview --as ana.silva
    """

    async def work() -> str:
        async with open_database() as pool:
            access = LedgerAccess(pool)
            name = await _require_member(access, actor)
            choice = await choice_of(pool, actor)
            addressee = MailAddress(choice.address if choice else "", name)
            language = choice.language if choice else "en"
            letter = await StaffWriter(access, _settings()).digest(actor, addressee, language)
        return f"{letter.subject}\n\n{letter.text}" if letter.text else "Nothing waits for them: no digest is sent."

    out.print(run(work()), markup=False, soft_wrap=True)


@app.command("bounced")
def bounced() -> None:
    """Read from standard input the report that a mail came back (RFC 3464), for the pipe of a mail server.

    The mail waits for a person then. A report of a delay changes nothing.
    Example: accord post bounced < report.eml
    """
    try:
        report = read_bounce(sys.stdin.buffer.read(LONGEST + 1))
    except UnreadableBounce as fault:
        raise BadInput(f"standard input: {fault}; hand in a report of a mail server, as it came") from fault
    if not report.is_final:
        return out.print(f"A delay ({report.status}): nothing changed.")

    async def work() -> str:
        async with open_database(Login.POST) as pool:
            found = await outbox.bounce(pool, outbox.digest_of(report.token), f"it came back ({report.status})")
        if found is None:
            raise Refused("no mail that was sent has this return path, or it waits for a person already", "Unknown")
        return str(found)

    return out.print(f"{run(work())} came back, and waits for a person.")


def _settings() -> MailSettings:
    try:
        return MailSettings.from_environment(with_secret=False)
    except (NotConfigured, SecretUnusable) as fault:
        raise Unreachable(str(fault)) from fault


async def _require_member(access: LedgerAccess, actor: str) -> str:
    """Return the name of a member of staff. Raises Refused if the directory does not hold them."""
    member = (await access.directory()).person(actor)
    if member is None:
        raise Refused(f"{actor!r} is not in the staff directory; see `accord staff list`", "Unknown")
    return member.name


async def _named(pool: outbox.Connection, mail_id: str) -> Mail:
    """Return a mail by its id or a beginning. Raises BadInput or Refused."""
    if len(mail_id) < SHORTEST:
        raise BadInput(f"MAIL: {mail_id!r} is too short; give {SHORTEST} letters of the id or more")
    match await outbox.mails_named(pool, mail_id):
        case [mail]:
            return mail
        case []:
            raise Refused(f"there is no mail {mail_id[:40]!r}; see `accord post list`", "Unknown")
        case _:
            raise BadInput(f"MAIL: several begin with {mail_id!r}; give more letters of the id")


def _not_waiting(mail: Mail) -> Refused:
    return Refused(f"it is {mail.state.value}, and waits for nobody; see `accord post list`", "IllegalTransition")


def _row(mail: Mail) -> dict[str, object]:
    row = {**mail._asdict(), "kind": mail.kind.value, "state": mail.state.value, "facts": dict(mail.facts)}
    return {name: value if isinstance(value, (int, dict, type(None))) else str(value) for name, value in row.items()}


def register(root: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    root.add_typer(app, name="post")
