"""The page that signs several decisions by one touch: it shows each in words, and hands each in by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.papers.named import CasePaper
from accord.client.sight import Sight
from accord.console.deciding.batches import require_undone
from accord.console.deciding.named_papers import named_papers
from accord.console.deciding.prepared import Waiting, WaitingList, fault_of_waiting
from accord.console.pages.tables import names_with_funds
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.presentation.acts import usage_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.facts import FieldInWords, command_facts
from accord.presentation.words.oaths import Oath, oath_of
from accord.presentation.words.values import NamesInWords, listed, sum_in_words
from accord.web.outages import AWAY, first_line
from accord.web.pages import page, problem
from domain.fault import Fault
from domain.partnership.commands import StaffRequest
from domain.partnership.procedure import PROCEDURE
from domain.partnership.shown import differing
from domain.signatures.passkeys import AssertionSignature, AuthenticatorData, ClientData, PasskeyId, encoded
from domain.signatures.signing import ACTS_OF_LISTS, PasskeySignature, Statement
from domain.values import Money, Value


class Touch(Value):
    """The page's submission: the statements that it showed, and the one assertion for all of them."""

    statements: tuple[Statement, ...]
    key_id: PasskeyId
    client_data: ClientData
    authenticator_data: AuthenticatorData
    value: AssertionSignature

    def signatures(self) -> dict[UUID, PasskeySignature]:
        """Return the signature of each statement, by the id of its command."""
        among = tuple(sorted({statement.digest for statement in self.statements}))
        assertion = self.model_dump(exclude={"statements"})
        passkey_signatures = (
            PasskeySignature(statement=statement, among=among, **assertion) for statement in self.statements
        )
        return {signature.statement.command_id: signature for signature in passkey_signatures}


class ListDecision(NamedTuple):
    """A decision of the list, in words."""

    waiting: Waiting
    title: str
    oath: Oath
    said: tuple[FieldInWords, ...]
    changed: str | None
    papers: list[CasePaper]
    """The papers that it names, where they can be opened here."""


async def confirm_list(request: Request, waiting: WaitingList) -> Response:
    """Say in words the content to sign, one by one, and the changes since it was shown. Then ask for the key."""
    console: Console = request.app.state.console
    if fault := fault_of_list(waiting):
        return problem(request, 422, str(fault))
    actor = waiting.items[0].command.actor
    await console.looked_at(actor, *(decision.partnership_id for decision in waiting.items))
    sights = [await console.desk.known_sight(decision.partnership_id) for decision in waiting.items]
    names = await names_with_funds(console, *(sight.partnership.proposed for sight in sights))
    pairs = zip(waiting.items, sights, strict=True)
    items = [await _item(console, decision, sight, names) for decision, sight in pairs]
    context = {
        "items": items,
        "actor": actor,
        "signer": names.person(actor),
        "total": _total([sight.partnership.proposed.money for sight in sights]),
        "words": PROCEDURE[type(waiting.items[0].command)].title,
        "shell": usage_of(
            type(waiting.items[0].command), " ".join(decision.partnership_id for decision in waiting.items)
        ),
        "batch": waiting.batch,
        "statements": f"[{','.join(decision.statement.model_dump_json() for decision in waiting.items)}]",
        "digest": waiting.challenge.hex(),
        "keys": await passkeys_of(console, actor),
        "challenge": encoded(waiting.challenge),
        "settings": console.settings,
    }
    return page(request, "sign_list.html", context)


def fault_of_list(waiting: WaitingList) -> Fault | None:
    """Return the reason why nobody should sign a list, or None: it is not the one act of one person that it says."""
    acts = {(decision.command.kind, decision.command.actor) for decision in waiting.items}
    if len(acts) != 1 or not {kind for kind, _ in acts} <= ACTS_OF_LISTS:
        return Fault("what waits here is no list of one act by one person: do not sign it, and tell an operator")
    return next(filter(None, map(fault_of_waiting, waiting.items)), None)


async def _item(console: Console, waiting: Waiting, sight: Sight, names: NamesInWords) -> ListDecision:
    snapshot, partnership = waiting.statement.shown, sight.partnership
    differences = differing(snapshot.terms, sight.terms) if snapshot is not None and sight.terms is not None else None
    oath = oath_of(waiting.command, partnership.proposed, partnership, names)
    said = command_facts(waiting.command, names)
    history = await console.desk.history(waiting.partnership_id)
    papers = await named_papers(console, waiting.command, partnership, history, names)
    return ListDecision(waiting, partnership.proposed.title, oath, said, differences, papers)


def _total(sums: Iterable[Money | None]) -> str:
    """Return what the partnerships of a list add up to, by currency."""
    totals: dict[str, Decimal] = {}
    for money in filter(None, sums):
        totals[money.currency] = totals.get(money.currency, Decimal(0)) + money.amount
    return listed([sum_in_words(amount, currency) for currency, amount in totals.items()])


async def decide_list(console: Console, waiting: WaitingList, body: bytes) -> Response:
    """Hand in each decision with the one assertion, and answer how many are on record, and which are not, and why."""
    if fault := fault_of_list(waiting):
        raise Refused(str(fault))
    signatures = Touch.model_validate_json(body).signatures()
    commands = [(signed_decision, _signed(signed_decision.command, signatures)) for signed_decision in waiting.items]
    count, refusals = 0, list[str]()
    for decision, command in commands:
        partnership_id = decision.partnership_id
        try:
            await require_undone(console, decision)
            await console.desk.send(partnership_id, command)
            count += 1
        except (BadInput, Refused) as fault:
            names = NamesInWords(await console.desk.directory())
            refusals.append(f"{partnership_id}: {refusal_in_words(fault, names)}")
        except AWAY as fault:
            message = f"{_told(count, refusals)} Of {partnership_id} and those after it: {first_line(fault)}."
            return JSONResponse(
                {"unknown": f"{message} Touching the key again is safe: they are the same decisions"}, 503
            )
    back = f"{console.settings.origin}/bulk/{waiting.batch}"
    return JSONResponse({"told": _told(count, refusals), "words": "See what came of each", "back": back})


def _signed(command: StaffRequest, signatures: Mapping[UUID, PasskeySignature]) -> StaffRequest:
    signature = signatures.get(command.command_id)
    if signature is None:
        raise BadInput("the page did not hand in every statement that it showed; prepare the list again")
    return command.model_copy(update={"signature": signature})


def _told(count: int, refusals: Iterable[str]) -> str:
    return " ".join([f"{count} recorded.", *(f"Not recorded: {refusal}." for refusal in refusals)])
