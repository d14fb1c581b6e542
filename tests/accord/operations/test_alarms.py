"""Every alarm that `accord ledger verify` can raise is raised by a true change, and by nothing else.

The alarms are read from the code: a new one without a change here that raises it fails.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

import asyncpg
import pytest

from accord.cli.proof.ledger import whole_of
from accord.client.desk import Desk
from domain.directory.people import DirectoryChangeConfirmed, KeyEnrolled
from domain.partnership import events as e
from domain.recorded.writers import Writer
from domain.signatures.passkeys import BACKUP_ELIGIBLE, PRESENT, VERIFIED, encoded
from domain.signatures.signing import _NAMES, LogEpoch, Statement
from domain.streams import DIRECTORY_STREAM
from ledger.projections import Projector
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import ProofResult, verify
from ledger.tree import TILE
from records.access_log import seal
from records.read_models.judging import judge_of
from records.read_models.projectors import ALL
from tests import paying
from tests.authenticators.passkeys import Authenticator
from tests.builders import number
from tests.conftest import ROOT
from tests.governing import decree
from tests.ledger.proof import FORGED_LEAF, behind_our_back
from tests.scribe import Scribe, statement_for

SOURCES: Final = {
    "ledger/proof/verification.py": ("see", "_see_root", "end", "_faults_before"),
    "ledger/proof/stored_tree.py": ("faults",),
    "ledger/reading/search.py": ("broken_streams",),
    "ledger/projections/comparing.py": ("_compared", "_folded"),
    "accord/cli/proof/ledger.py": ("told",),
    "accord/audit/signatures.py": ("_authorship",),
    "deploy/rights.py": ("differences",),
    "records/access_log.py": ("looks", "faults_of_log"),
    "records/authorship.py": ("_signature_fault", "mark_fault"),
    "domain/recorded/authorship.py": ("authorship_fault",),
    "domain/signatures/signing.py": ("fault_of", "_kind_fault", "_list_fault"),
    "domain/signatures/passkeys.py": ("_client_data_fault", "_authenticator_fault"),
}
"""The functions that word an alarm, by file."""

NEVER: Final = {
    "it is not signed": "verify says before that, and of whom, that they did not sign it",
    "the signature is of another kind than the key EK-": "a key is looked up by its id, which says its kind",
}
"""What stands in those functions and reaches nobody who verifies, and why."""


def alarms() -> Iterator[str]:
    """Yield each alarm in the code as a pattern: what is told of the case stands for any text."""
    for file, functions in SOURCES.items():
        code = ast.walk(ast.parse((ROOT / file).read_text("utf-8")))
        named = {one.name: one for one in code if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        for function in functions:
            yield from _texts(named[function])


def _texts(function: Any) -> Iterator[str]:
    waiting: list[ast.AST] = function.body[1:] if ast.get_docstring(function) else list(function.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.JoinedStr():
                pattern = "".join(re.escape(str(p.value)) if isinstance(p, ast.Constant) else ".*" for p in node.values)
                yield from [pattern] if _says_something(pattern) else []
            case ast.Constant(value=str() as text):
                yield from [re.escape(text)] if _says_something(text) else []
            case _:
                waiting += ast.iter_child_nodes(node)


def _says_something(text: str) -> bool:
    words = re.findall(r"[a-z]{2,}", text.replace("\\ ", " "))
    return len(words) >= 3 and "SELECT" not in text


class Change(NamedTuple):
    """A change, and what verify says of it."""

    told: str
    done: Callable[[Desk, Scribe, asyncpg.Connection], Awaitable[Any]]


# What was recorded is changed

HOLDER: Final = "vera.lind"


def queries(*done: str) -> Callable[[Desk, Scribe, asyncpg.Connection], Awaitable[Any]]:
    """A superuser changes events and puts the guard back."""

    async def change(_: Desk, __: Scribe, connection: asyncpg.Connection) -> None:
        await behind_our_back(connection, *done)

    return change


def owner(done: str) -> Callable[[Desk, Scribe, asyncpg.Connection], Awaitable[Any]]:
    """The owner changes what no login may write."""

    async def change(_: Desk, __: Scribe, connection: asyncpg.Connection) -> None:
        await connection.execute(done)

    return change


async def drop_a_guard(_: Desk, __: Scribe, connection: asyncpg.Connection) -> None:
    await connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER events_are_kept")


async def a_wrong_node(desk: Desk, scribe: Scribe, connection: asyncpg.Connection) -> None:
    await scribe.write(*[e.HoldPlaced(at=datetime.now(UTC), actor=HOLDER, reason="wait")] * TILE)
    await StoredTree(desk.ledger).store_nodes()
    await connection.execute("UPDATE ledger.nodes SET hash = sha256('x') WHERE index = 0")


async def a_look(connection: asyncpg.Connection, days_ago: int = 3) -> None:
    """Somebody looked at something days ago."""
    made = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT {} $$"
    await connection.execute(made.format(f"clock_timestamp() - interval '{days_ago} days'"))
    await connection.execute("SELECT console.look('ana.silva', 'P-2026-0001')")
    await connection.execute(made.format("clock_timestamp()"))


async def unsealed(_: Desk, __: Scribe, connection: asyncpg.Connection) -> None:
    await a_look(connection)


async def another_look(_: Desk, __: Scribe, connection: asyncpg.Connection) -> None:
    await a_look(connection)
    await connection.execute("UPDATE console.looks SET subject = 'P-2026-0009'")


async def another_log(desk: Desk, _: Scribe, connection: asyncpg.Connection) -> None:
    await a_look(connection)
    assert await seal(desk.ledger, desk.pool) == 1
    await connection.execute("DELETE FROM console.looks")


LIES: Final = """UPDATE ledger.events SET payload = '{"said":"lies"}' WHERE position = 5"""
AN_HOUR_LATER: Final = "UPDATE ledger.events SET recorded_at = recorded_at + interval '1 hour' WHERE position = 5"
LAST: Final = "(SELECT max(position) FROM ledger.events)"
NOTHING_SAID: Final = f"UPDATE ledger.events SET payload = '{{}}' WHERE position = {LAST}"
INVENTED: Final = """
INSERT INTO projection.documents
SELECT name, generation, 'partnership/P-2026-0999', 1, 1, '{}' FROM projection.checkpoints WHERE name = 'partnerships'
"""
GONE: Final = "DELETE FROM projection.documents WHERE stream_id LIKE 'partnership/%'"
ANOTHER: Final = """UPDATE projection.documents SET document = document || '{"state": {}}'"""
PLANTED: Final = "INSERT INTO appending.rights VALUES ('staff', 'HoldPlaced', '^directory$', 1)"
NEWER_FORM: Final = "UPDATE appending.rights SET form = 9 WHERE writer = 'worker' AND event_type = 'HoldPlaced'"
TAKEN: Final = "DELETE FROM appending.rights WHERE writer = 'worker' AND event_type = 'HoldPlaced'"
MORE: Final = "UPDATE projection.lines SET amount = amount + 1"
NOT_OURS: Final = (
    r"is not of this release "
    r"\(verify with the release that granted it; if none did, delete its row of appending.rights as the owner\)"
)
CHANGES: Final = (
    Change("was changed: what it holds is not what its hash commits to", queries(LIES)),
    Change(r"missing; the next is \d+", queries("DELETE FROM ledger.events WHERE position = 5")),
    Change("was recorded at .*, before the one that it follows", queries(AN_HOUR_LATER, FORGED_LEAF)),
    Change(
        "the versions of .* have a gap, or are out of order",
        queries(f"UPDATE ledger.events SET version = 99 WHERE position = {LAST}", FORGED_LEAF),
    ),
    Change("the stored node .* at height .* is not the hash of its leaves", a_wrong_node),
    Change("PaymentInstructed cannot be read", queries(NOTHING_SAID, FORGED_LEAF)),
    Change(
        "what is shown is not what its events make: they cannot be folded any more", queries(NOTHING_SAID, FORGED_LEAF)
    ),
    Change("the ledger has no such stream", queries(INVENTED)),
    Change(r"read model partnerships, .*: it is not shown \(`accord ledger rebuild`\)", queries(GONE)),
    Change("what is shown is not what its events make", queries(ANOTHER)),
    Change("what lists show of it is not what its events make", queries(MORE)),
    Change("a guard against change is off: ledger.events: events_are_kept", drop_a_guard),
    Change(rf"the staff's right to append HoldPlaced on \^directory\$ in form 1 {NOT_OURS}", owner(PLANTED)),
    Change(rf"the worker's right to append HoldPlaced on .* in form 9 {NOT_OURS}", owner(NEWER_FORM)),
    Change(r"the worker's right to append HoldPlaced on .* in form 1 is missing \(`accord migrate`\)", owner(TAKEN)),
    Change(r"line 1 of the access log is not what was written, or is gone", another_look),
    Change("the access log of .* was sealed with another line 1, or too early \\(event .*\\)", another_log),
    Change("nobody sealed the access log since .*: is a worker running\\?", unsealed),
)  # fmt: skip


@pytest.fixture
async def office(furnished: Desk) -> Scribe:
    """A partnership that is paid, with its read models."""
    scribe = await paying.released(furnished)
    await refold(furnished)
    return scribe


async def refold(desk: Desk) -> None:
    for projection in ALL:
        await Projector(desk.ledger, projection, judge_of(desk.ledger)).catch_up()


async def told(desk: Desk, roots: dict[int, bytes] | None = None, since: ProofResult | None = None) -> list[str]:
    """The faults that `accord ledger verify` tells."""
    return (await whole_of(desk, roots or {}, since)).told()


async def test_an_organisation_in_good_order_raises_no_alarm(office: Scribe) -> None:
    assert await told(office.desk) == []


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.told)
async def test_a_change_raises_its_alarm(office: Scribe, connection_of: asyncpg.Connection, change: Change) -> None:
    await change.done(office.desk, office, connection_of)
    found = await told(office.desk)
    assert any(re.search(change.told, one) for one in found), found


@pytest.fixture
async def connection_of(office: Scribe) -> Any:
    """The office's database, as its owner."""
    async with office.desk.pool.acquire() as connection:
        yield connection


# What was signed outside the database tells the rest

SIGNED: Final = {
    "the first 4 events are not those of the signed checkpoint": [LIES.replace("5", "3"), FORGED_LEAF],
    "a signed checkpoint speaks of more events than there are": [f"DELETE FROM ledger.events WHERE position = {LAST}"],
}
BEFORE: Final = r"the first \d+ events are not those that were signed, or verified before"


@pytest.mark.slow
@pytest.mark.parametrize("alarm", SIGNED)
async def test_a_signed_checkpoint_raises_its_alarm(
    office: Scribe, connection_of: asyncpg.Connection, alarm: str
) -> None:
    head, tree = await office.desk.ledger.head(), StoredTree(office.desk.ledger)
    roots = {4: await tree.root(4), head: await tree.root(head)}
    assert await told(office.desk, roots) == []
    await behind_our_back(connection_of, *SIGNED[alarm])
    assert any(alarm in one for one in await told(office.desk, roots))


@pytest.mark.slow
async def test_what_was_verified_before_raises_its_alarm(office: Scribe, connection_of: asyncpg.Connection) -> None:
    since = await verify(office.desk.ledger, {})
    await behind_our_back(connection_of, LIES, FORGED_LEAF)
    assert any(re.search(BEFORE, one) for one in await told(office.desk, since=since))


# A signature that is not its person's

DEVICE, OTHER = Authenticator(), Authenticator()
GOOD: Final = PRESENT | VERIFIED


class Forgery(NamedTuple):
    """A decision whose signature is not what it must be, and what verify says of it."""

    told: str
    sign: Callable[[Statement, Scribe], Any]
    kind: Any = e.HoldPlaced


def stated(**changes: Any) -> Callable[[Statement, Scribe], Any]:
    """The holder's own signature over another statement."""
    return lambda statement, scribe: scribe.keyring.sign(statement.model_copy(update=changes))


def touched(**said: Any) -> Callable[[Statement, Scribe], Any]:
    """The holder's passkey, touched in another way."""
    return lambda statement, _: DEVICE.sign(statement, **said)


def of_a_list(*among: str) -> Callable[[Statement, Scribe], Any]:
    """The holder's passkey, touched for a list."""
    return lambda statement, _: DEVICE.sign(statement).model_copy(update={"among": among or (statement.digest,)})


def with_another_value(statement: Statement, scribe: Scribe) -> Any:
    signature = scribe.keyring.sign(statement)
    return signature.model_copy(update={"value": scribe.keyring.sign(statement.model_copy(update={"act": "x"})).value})


def touched_unread(statement: Statement, _: Scribe) -> Any:
    return DEVICE.sign(statement).model_copy(update={"client_data": encoded(b"no JSON at all, and long enough")})


def touched_briefly(statement: Statement, _: Scribe) -> Any:
    return DEVICE.sign(statement).model_copy(update={"authenticator_data": encoded(b"short")})


LATER: Final = datetime.now(UTC) + timedelta(seconds=1)
FORGERIES: Final = (
    Forgery("the signature is for another partnership", stated(subject="P-2026-0001")),
    Forgery("the signature is for another kind of decision", stated(act="lift")),
    Forgery("the signature is for another person", stated(actor="dora.kim")),
    Forgery("the signature is for another time", stated(at=LATER)),
    Forgery("the signature is for another content", stated(content_sha256="0" * 64)),
    Forgery("the signature is for another ledger", stated(log=LogEpoch(origin="another", epoch=7))),
    Forgery("the directory holds no key .* of vera.lind in force", lambda statement, _: OTHER.sign(statement)),
    Forgery("the signature is not vera.lind's", with_another_value),
    Forgery("what the browser said of it cannot be read", touched_unread),
    Forgery("what the authenticator said of it cannot be read", touched_briefly),
    Forgery("the passkey was asked for something else than an assertion", touched(type="webauthn.create")),
    Forgery("the passkey was touched for another statement", touched(challenge="AAAA")),
    Forgery("the passkey was touched on another page than .*", touched(origin="https://evil.example")),
    Forgery("the passkey was touched for another party than .*", touched(party="evil.example")),
    Forgery("the authenticator did not verify who touched it: set a PIN or a fingerprint", touched(flags=PRESENT)),
    Forgery(
        "the passkey is not the one that was enrolled: whether it may leave its device differs",
        touched(flags=GOOD | BACKUP_ELIGIBLE),
    ),
    Forgery("the passkey was touched for a list that this statement is not in", of_a_list("0" * 64)),
    Forgery("approve is signed by a touch of its own, and not together with others", of_a_list(), e.ApprovalGiven),
)  # fmt: skip


async def forge(scribe: Scribe, forgery: Forgery) -> int:
    """Append a decision with a false signature, as anybody with that right can. Return its position."""
    content: dict[str, Any] = {"reason": "wait"}
    if forgery.kind is e.ApprovalGiven:
        content |= {"no_interest": True, "role": "PROGRAMME_APPROVER"}
    event = forgery.kind(at=datetime.now(UTC), actor=HOLDER, **content)
    statement = statement_for(event, scribe.reference, number(forgery.told), scribe.shown)
    await scribe.write(event.model_copy(update={"signature": forgery.sign(statement, scribe)}))
    return scribe.position


@pytest.mark.slow
async def test_each_false_signature_raises_its_alarm(office: Scribe) -> None:
    """Given decisions with false signatures, when the ledger is verified, then each is named, and nothing else is."""
    await decree(office.desk, KeyEnrolled(staff_id=HOLDER, key=DEVICE.key))
    forged = {await forge(office, one): one.told for one in FORGERIES}
    await refold(office.desk)
    found = dict(one.removeprefix("event ").split(": ", 1) for one in await told(office.desk))
    assert {int(position) for position in found} == set(forged), found
    for position, alarm in forged.items():
        assert re.search(alarm, found[str(position)]), (alarm, found[str(position)])


async def unsigned(scribe: Scribe) -> None:
    await scribe.write(e.HoldPlaced(at=datetime.now(UTC), actor=HOLDER, reason="wait"))


async def under_another_command(scribe: Scribe) -> None:
    await scribe.write(scribe.made(e.HoldPlaced, HOLDER, reason="wait"), command_id=number("another"))


async def confirming_nothing(scribe: Scribe) -> None:
    desk, version = scribe.desk, len(await scribe.desk.ledger.read_stream(DIRECTORY_STREAM))
    signature = scribe.made(e.HoldPlaced, "dora.kim", reason="wait").signature
    confirmed = DirectoryChangeConfirmed(change_id=number("nothing"), signature=signature)
    await desk.append(DIRECTORY_STREAM, version, number("confirm"), "dora.kim", confirmed, writer=Writer.WORKER)


UNSIGNED: Final = {
    "HoldPlaced: vera.lind did not sign it": unsigned,
    "HoldPlaced: the signature was given for another command": under_another_command,
    "DirectoryChangeConfirmed: nothing that it confirms waits for a confirmation": confirming_nothing,
}


@pytest.mark.slow
@pytest.mark.parametrize("alarm", UNSIGNED)
async def test_what_nobody_signed_raises_its_alarm(office: Scribe, alarm: str) -> None:
    await UNSIGNED[alarm](office)
    await refold(office.desk)
    [found] = await told(office.desk)
    assert found.endswith(alarm)


# Every alarm

RAISED: Final = (
    *(one.told for one in CHANGES), *SIGNED, BEFORE, *(one.told for one in FORGERIES), *UNSIGNED,
)  # fmt: skip


@pytest.mark.parametrize("alarm", sorted(set(alarms())))
def test_every_alarm_in_the_code_is_raised_here(alarm: str) -> None:
    """Given a text of an alarm, when it is looked for among those that changes here raise, then it is there."""
    assert any(re.search(alarm, one) for one in (*NEVER, *map(sample, RAISED)))


def sample(raised: str) -> str:
    """Return a text that an alarm here may be."""
    return re.sub(r"\\(.)", r"\1", re.sub(r"\\d\+|\.\*", "x", raised))


def test_every_name_of_what_a_signature_is_for_is_raised_here() -> None:
    """All parts of a statement are compared, but its command: that is told as given for another command."""
    wanted = {name.partition(",")[0] for field, name in _NAMES.items() if field != "command_id"}
    assert wanted <= {one.told.removeprefix("the signature is for another ") for one in FORGERIES}
