"""Give decisions from the shell: what is signed is shown first, and each partnership has an answer of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeVar

import typer

from accord.cli.options import decider, run, whole_id
from accord.cli.printing.output import err, fault_as_json, out, print_json
from accord.cli.printing.receipts import print_receipt
from accord.cli.typed_sums import sums_told
from accord.client.desk import Desk, open_desk
from accord.client.emergency import stop
from accord.client.sight import Sight, make_command
from accord.client.waiting.made_files import with_made_file
from accord.presentation.acts import field_of
from accord.presentation.cautions import cautions
from accord.presentation.faults import BadInput, Failure, Refused
from accord.presentation.shown_accounts import shown_account
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.choices import payable
from domain.partnership.state import Partnership
from domain.partnership.waiting.outlook import outlook
from domain.streams import StreamId
from workflows.messages import Receipt

Answer = TypeVar("Answer")

IdsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...",
        help="The partnerships, such as P-2026-0042.",
        callback=lambda given: [whole_id(text) for text in given],
    ),
]
NoInterestOption = Annotated[
    bool | None,
    typer.Option("--no-interest", help=field_of(c.Approve, "no_interest").description),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Sign without being asked: what is signed is known already.")]
WaitOption = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait for the answer; or hand the signed decision in, and go on.")
]


class Showing(NamedTuple):
    """The ways of showing before a signature: the facts in print, and a question at a terminal."""

    shows: bool = False
    asks: bool = False

    @classmethod
    def unless(cls, yes: bool, as_json: bool) -> Showing:
        """Return the way of showing: at a terminal one is asked, unless --yes says that it is known already."""
        asks = sys.stdin.isatty() and not yes
        return cls(shows=asks or (err.is_terminal and not as_json), asks=asks)


SILENT: Final = Showing()


def decide(
    partnership: str,
    kind: type[c.StaffCommand],
    actor: str,
    as_json: bool,
    seen_version: int | None = None,
    lines: Sequence[str] = (),
    **content: Any,
) -> None:
    """Give a command on a partnership, unless its terms changed since version `seen_version`, and print the receipt.

    `lines`: what is said of it before it is signed; without them, its sums as they were read.
    """

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen_version)
            make_command(sight, kind, actor, content)  # names what is wrong before anything is said of the rest
            show(lines or sums_told(content), Showing(shows=not as_json))
            caution(sight.partnership, kind, asks=sys.stdin.isatty() and not as_json)
            return await with_file(desk, await desk.decide(sight, kind, actor, **content))

    print_receipt(run(work()), as_json)


async def with_file(desk: Desk, receipt: Receipt) -> Receipt:
    """Return a receipt with the hand-over as next step where the payment stands in a file already."""
    ahead = await with_made_file(desk, receipt.partnership_id, receipt.outlook)
    return receipt.model_copy(update={"outlook": ahead})


class AnswerPrinter(NamedTuple, Generic[Answer]):
    """The ways of telling an answer on one of several things: in words, as JSON, and as a failure all the same."""

    words: Callable[[str, Answer | Failure], None]
    json: Callable[[str, Answer | Failure], Any]
    fault: Callable[[Answer], Failure | None] = lambda _: None


def each(
    names: Sequence[str],
    give: Callable[[str], Coroutine[Any, Any, Answer]],
    as_json: bool,
    telling: AnswerPrinter[Answer],
) -> None:
    """Do something for each of several things, and tell each outcome. A single one fails as it does alone.

    The exit code is that of the first that failed.
    """
    subjects = list(dict.fromkeys(names))
    answers: list[tuple[str, Answer | Failure]] = []
    current = ""
    try:
        for name in subjects:
            current = name
            try:
                answers.append((name, run(give(name))))
            except Failure as fault:
                if len(subjects) == 1:
                    raise
                answers.append((name, fault))
            current = ""
            if not as_json:
                telling.words(*answers[-1])
    finally:  # whatever ends it in the middle, what is on record was told
        if as_json and answers:
            outcomes = [telling.json(name, answer) for name, answer in answers]
            print_json(outcomes[0] if len(subjects) == 1 else outcomes)
        if len(subjects) > 1:
            _count([_fault_in(answer, telling) for _, answer in answers], len(subjects), current)
    if faults := [fault for fault in (_fault_in(answer, telling) for _, answer in answers) if fault is not None]:
        raise faults[0] if len(subjects) == 1 else typer.Exit(faults[0].exit_code)


def _fault_in(answer: Answer | Failure, telling: AnswerPrinter[Answer]) -> Failure | None:
    return answer if isinstance(answer, Failure) else telling.fault(answer)


def decide_each(
    partnerships: Sequence[str],
    kind: type[c.StaffCommand],
    actor: str,
    as_json: bool,
    wait: bool = True,
    seen_version: int | None = None,
    showing: Showing = SILENT,
    emergency: bool = False,
    **content: Any,
) -> None:
    """Give one command on each of several partnerships. `emergency`: by the login that needs no Temporal."""

    async def one(partnership: str) -> Receipt | str:
        async with open_desk(decider(emergency), acting=not emergency, hinting=emergency) as desk:
            sight = await desk.as_seen(partnership, seen_version)
            await show_before_signing(desk, sight, kind, actor, content, showing)
            if emergency:
                return await stop(desk, partnership, kind, actor, **content)
            if wait:
                return await with_file(desk, await desk.decide(sight, kind, actor, **content))
            return await hand_in(desk, sight, kind, actor, content)

    each(partnerships, one, as_json, AnswerPrinter(_print, _as_json))


async def hand_in(desk: Desk, sight: Sight, kind: type[c.StaffCommand], actor: str, content: Mapping[str, Any]) -> str:
    """Hand a signed decision in as a signal, which brings no answer, and return where its answer will stand.

    Raises:
        Refused: The partnership's workflow does not run.
    """
    command = await desk.signed(sight, make_command(sight, kind, actor, dict(content)))
    stream_id = StreamId.partnership(sight.partnership_id)
    if not await desk.tell(stream_id, "submit", command.model_dump(mode="json")):
        raise Refused(
            f"{sight.partnership_id} has no running workflow, so there is nobody to hand it in to", "NotRunning"
        )
    return str(command.command_id)


async def show_before_signing(
    desk: Desk, sight: Sight, kind: type[c.StaffCommand], actor: str, content: Mapping[str, Any], showing: Showing
) -> None:
    """Show the content to be signed, and the receiver of any money. Ask at a terminal.

    Raises:
        Refused: They do not sign it.
    """
    caution(sight.partnership, kind)
    if showing.shows:
        show(await facts_of(desk, sight, kind, actor, content), showing)


def caution(partnership: Partnership, kind: type[c.StaffCommand], asks: bool = False) -> None:
    """Print what somebody should know before they sign. Ask at a terminal. Raises Refused if they do not sign."""
    told = cautions(partnership, kind)
    for words in told:
        err.print(f"accord: {words}", style="yellow", soft_wrap=True, markup=False)
    if told and asks and not typer.confirm("Sign this all the same?", err=True):
        raise Refused("nothing was signed, and nothing was recorded", "NotSigned")


def show(lines: Sequence[str], showing: Showing) -> None:
    """Print facts before somebody signs them. Ask at a terminal. Raises Refused if they do not sign."""
    for line in lines if showing.shows else ():
        err.print(line, soft_wrap=True, markup=False, style="dim")
    if showing.asks and not typer.confirm("Sign this?", err=True):
        raise Refused("nothing was signed, and nothing was recorded", "NotSigned")


async def facts_of(
    desk: Desk, sight: Sight, kind: type[c.StaffCommand], actor: str, content: Mapping[str, Any]
) -> list[str]:
    """Return the content to be signed, in words: signer, act, sums, payee, the account's last digits, and all else."""
    partnership, terms = sight.partnership, sight.terms
    wording = "; ".join(
        str(answer)
        for name, answer in content.items()
        if name in {"reason", "note", "text", "question", "to"} and answer
    )
    lines = [f"{sight.partnership_id}  {partnership.proposed.title} (version {sight.version})"]
    lines.append(
        f"  {actor} signs: {kind.model_fields['kind'].default.replace('_', ' ')}{f': {wording}' if wording else ''}"
    )
    tranche = partnership.tranche(content["tranche"]) if "tranche" in content else None
    if tranche is not None:
        lines.append(f"  this pays {payable(tranche)} (tranche {tranche.number})")
    if terms.amount:
        lines.append(f"  money goes: {terms.amount} by {terms.funder} to {terms.payee}")
    account = content.get("account") or partnership.account
    if isinstance(account, AccountReference) and (bank_details := await shown_account(desk.pool, account.reference)):
        lines.append(
            f"  to the account of {bank_details.holder}, ending in {bank_details.last_digits}"
            f" ({bank_details.reference})"
        )
    lines += [
        f"  asked: {answered.question}; {answered.actor} answers: {answered.answer}"
        for answered in partnership.answered
    ]
    lines += [f"  on hold: hold {hold.number} {hold.told}" for hold in partnership.holds]
    if hold_numbers := content.get("holds"):
        lines.append(f"  this lifts: {', '.join(f'hold {number}' for number in hold_numbers)}")
    approvals = ", ".join(f"{approval.actor} as {approval.role.value}" for approval in partnership.approvals)
    lines.append(f"  approved by: {approvals or 'nobody yet'}; next: {outlook(partnership).next_step}")
    return lines


def without_interest(partnership: str, answer: bool | None) -> bool:
    """True if they say that they have no interest. At a terminal they are asked if the option does not say it.

    Raises:
        Refused: They have one.
    """
    if answer is not None or not sys.stdin.isatty():
        return bool(answer)
    question = f"Do you, your family or a body that you serve gain from {partnership}, or have a part in its parties?"
    if typer.confirm(question, err=True):
        raise Refused(
            f"then others decide; put it on record: `accord declare-interest {partnership}`", "SeparationOfDuties"
        )
    return True


def require_one_seen(partnerships: Sequence[str], seen_version: int | None) -> None:
    """Raise BadInput if a version is said to be seen of more than one partnership."""
    if seen_version is not None and len(partnerships) > 1:
        raise BadInput("--seen: a version is of one partnership; give one ID with it")


def _count(faults: Sequence[Failure | None], total: int, current: str) -> None:
    """Print the numbers of those done, refused and not tried, and the one under way, of which it is not known."""
    failures, remainder = sum(fault is not None for fault in faults), total - len(faults) - bool(current)
    unknown = f", of {current} it is not known: look at it" if current else ""
    remainder_text = f", {remainder} not tried" if remainder else ""
    summary = f"accord: {len(faults) - failures} done, {failures} not{unknown}{remainder_text}"
    err.print(summary, style="yellow" if failures or remainder_text or unknown else "dim", soft_wrap=True, markup=False)


def print_fault(name: str, fault: Failure) -> None:
    """Print the reason why one of several things was not done."""
    err.print(f"accord: {name}: {fault}", style="red", soft_wrap=True, markup=False)


def _print(partnership: str, answer: Receipt | str | Failure) -> None:
    match answer:
        case Receipt():
            print_receipt(answer, as_json=False)
        case Failure():
            print_fault(partnership, answer)
        case handed_in:
            out.print(f"{partnership} handed in as {handed_in}", markup=False)
            out.print(f"Its answer will stand in: accord history {partnership}", soft_wrap=True, markup=False)


def _as_json(partnership: str, answer: Receipt | str | Failure) -> Any:
    match answer:
        case Receipt():
            return answer
        case Failure():
            return {"partnership_id": partnership, "error": fault_as_json(answer)}
        case handed_in:
            return {"partnership_id": partnership, "handed_in": handed_in, "answer": f"accord history {partnership}"}
