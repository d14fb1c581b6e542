"""The page that signs several decisions by one touch: it shows each in words, and hands each in by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.sight import Sight
from accord.console.deciding.batches import require_undone
from accord.console.deciding.prepared import Waiting, WaitingList, fault_of_waiting
from accord.console.pages.pages import page, problem
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.console.serving.outages import AWAY, first_line
from accord.presentation.acts import usage_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.wording import content_of
from domain.fault import Fault
from domain.partnership.commands import StaffRequest
from domain.partnership.procedure import PROCEDURE
from domain.partnership.shown import differing
from domain.passkeys import AssertionSignature, AuthenticatorData, ClientData, PasskeyId, encoded
from domain.signing import ACTS_OF_LISTS, PasskeySignature, Statement
from domain.values import Value


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
        passkey_signatures = (PasskeySignature(statement=one, among=among, **assertion) for one in self.statements)
        return {signature.statement.command_id: signature for signature in passkey_signatures}


class Item(NamedTuple):
    """A decision of the list, in words."""

    waiting: Waiting
    title: str
    money: str
    said: list[tuple[str, str]]
    changed: str | None


async def confirm_list(request: Request, waiting: WaitingList) -> Response:
    """Say in words the content to sign, one by one, and the changes since it was shown. Then ask for the key."""
    console: Console = request.app.state.console
    if fault := fault_of_list(waiting):
        return problem(request, 422, str(fault))
    actor = waiting.items[0].command.actor
    await console.looked_at(actor, *(one.partnership_id for one in waiting.items))
    items = [_item(one, await console.desk.known_sight(one.partnership_id)) for one in waiting.items]
    shown = {
        "items": items,
        "actor": actor,
        "words": PROCEDURE[type(waiting.items[0].command)].title,
        "shell": usage_of(type(waiting.items[0].command), " ".join(one.partnership_id for one in waiting.items)),
        "batch": waiting.batch,
        "statements": f"[{','.join(one.statement.model_dump_json() for one in waiting.items)}]",
        "digest": waiting.challenge.hex(),
        "keys": await passkeys_of(console, actor),
        "challenge": encoded(waiting.challenge),
        "settings": console.settings,
    }
    return page(request, "sign_list.html", shown)


def fault_of_list(waiting: WaitingList) -> Fault | None:
    """Return the reason why nobody should sign a list, or None: it is not the one act of one person that it says."""
    acts = {(one.command.kind, one.command.actor) for one in waiting.items}
    if len(acts) != 1 or not {kind for kind, _ in acts} <= ACTS_OF_LISTS:
        return Fault("what waits here is no list of one act by one person: do not sign it, and tell an operator")
    return next(filter(None, map(fault_of_waiting, waiting.items)), None)


def _item(waiting: Waiting, sight: Sight) -> Item:
    shown, proposal = waiting.statement.shown, sight.partnership.proposed
    changed = differing(shown.terms, sight.terms) if shown is not None and sight.terms is not None else None
    return Item(waiting, proposal.title, str(proposal.money or ""), content_of(waiting.command), changed)


async def decide_list(console: Console, waiting: WaitingList, said: bytes) -> Response:
    """Hand in each decision with the one assertion, and answer how many are on record, and which are not, and why."""
    if fault := fault_of_list(waiting):
        raise Refused(str(fault))
    signatures = Touch.model_validate_json(said).signatures()
    signed = [(one, _signed(one.command, signatures)) for one in waiting.items]
    done, refused = 0, list[str]()
    for one, command in signed:
        partnership_id = one.partnership_id
        try:
            await require_undone(console, one)
            await console.desk.send(partnership_id, command)
            done += 1
        except (BadInput, Refused) as fault:
            refused.append(f"{partnership_id}: {fault}")
        except AWAY as fault:
            told = f"{_told(done, refused)} Of {partnership_id} and those after it: {first_line(fault)}."
            return JSONResponse({"unknown": f"{told} Touching the key again is safe: they are the same decisions"}, 503)
    back = f"{console.settings.origin}/bulk/{waiting.batch}"
    return JSONResponse({"told": _told(done, refused), "words": "See what came of each", "back": back})


def _signed(command: StaffRequest, signatures: Mapping[UUID, PasskeySignature]) -> StaffRequest:
    signature = signatures.get(command.command_id)
    if signature is None:
        raise BadInput("the page did not hand in every statement that it showed; prepare the list again")
    return command.model_copy(update={"signature": signature})


def _told(done: int, refused: Iterable[str]) -> str:
    return " ".join([f"{done} recorded.", *(f"Not recorded: {one}." for one in refused)])
