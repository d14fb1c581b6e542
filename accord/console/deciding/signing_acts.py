"""The page that signs, for acts on truths: what is told or answered, in words, and its record by a worker."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from accord.client.acts import look_again, record_act
from accord.console.deciding.prepared import WaitingAct, fault_of_act
from accord.console.pages.pages import page, problem
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.organisation.truths import touched_by, truth_on_record
from accord.presentation.wording import plain
from accord.presentation.words.values import NamesInWords
from domain.passkeys import challenge_of, encoded
from domain.recorded.acts import OrganisationAct
from domain.signing import PasskeySignature
from domain.truths.events import TruthAnswered

WORDS = {"TruthTold": "Tell what you learnt", "TruthAnswered": "Answer what was told"}
OATHS = {
    "TruthTold": "You tell what you learnt. It stands beside each partnership that it touches.",
    "TruthAnswered": "You say whether what was told is so.",
}
SHELL = {
    "TruthTold": "tell --kind KIND --what WHAT --since DAY",
    "TruthAnswered": "answer-truth TRUTH --so --reason REASON",
}


async def confirm_act(request: Request, waiting: WaitingAct) -> Response:
    """Say in words what is signed, and ask for the key."""
    console: Console = request.app.state.console
    if fault := fault_of_act(waiting):
        return problem(request, 422, str(fault))
    statement = waiting.statement
    await console.looked_at(statement.actor, "what was told")
    names = NamesInWords(await console.desk.directory())
    context = {
        "waiting": waiting,
        "oath": OATHS[waiting.event_type],
        "signer": names.person(statement.actor),
        "shell": SHELL[waiting.event_type],
        "content": _content(waiting),
        "digest": statement.digest,
        "keys": await passkeys_of(console, statement.actor),
        "challenge": encoded(challenge_of(statement.message())),
        "settings": console.settings,
    }
    return page(request, "sign_act.html", context)


async def decide_act(console: Console, waiting: WaitingAct, body: bytes) -> Response:
    """Have a signed act recorded, and answer that it is.

    Raises:
        ValidationError: What was handed in is no answer of a key.
        Refused: The act is not valid; nothing is recorded.
        Unreachable: Nobody answered in time; recording it again is safe.
    """
    signature, statement = PasskeySignature.model_validate_json(body), waiting.statement
    content = {"at": statement.at, "actor": statement.actor, "signature": signature, **waiting.content}
    event = waiting.kind.model_validate(content)
    await record_act(console.desk, OrganisationAct(command_id=statement.command_id, event=event))
    truth = await truth_on_record(console.desk, event.words.of)
    if isinstance(event, TruthAnswered):
        await look_again(console.desk, await touched_by(console.desk, truth))
    message = f"Recorded: {truth.standing}"
    return JSONResponse(
        {"told": message, "words": "See all that was told", "back": f"{console.settings.origin}/truths"}
    )


def _content(waiting: WaitingAct) -> list[tuple[str, str]]:
    """Return the content to sign, by field, with the words among the rest."""
    words = waiting.content["words"]
    fields = {**{name: answer for name, answer in waiting.content.items() if name != "words"}, **words}
    visible_fields = ((name, answer) for name, answer in fields.items() if answer not in (None, "", [], ()))
    return [(name.replace("_", " ").capitalize(), plain(answer)) for name, answer in visible_fields]
