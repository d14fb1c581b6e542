"""Each login's rights in the database, tried by use: a stolen secret opens the doors of one task alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login, as_user
from domain.payment.payment_file import FileStatus
from domain.recorded.writers import Writer
from ledger import AppendRequest, Ledger, NewEvent, NotAllowed, StoredEvent
from ledger.projections import Document, Projection, Projector
from ledger.proof.stored_tree import StoredTree
from ledger.tree import TILE
from payments.out.files import mark, stored_file, unfiled_instructions
from records.opening import open_ledger
from tests.conftest import MIGRATED
from tests.payments.orders import files_of, freeze_all, order, record_accounts

NOBODY = "nobody"
"""A login that was granted nothing."""

ARGUMENTS = """(ARRAY['{stream}'], '{{1}}', ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], '{{{type}}}', '{{1}}',
    '{{"{{}}"}}', '{{"{{}}"}}', '{{1}}')"""
APPEND = "SELECT * FROM ledger.append" + ARGUMENTS.format(stream="s", type="Noted")
APPEND_NEW = APPEND.replace("ledger.append(", "ledger.append_new(").replace(", '{1}')", ")")
APPEND_AS = APPEND.replace("ledger.append(", "appending.append_as('worker', ")
PLACE = APPEND_NEW.replace("ledger.append_new(", "ledger.place(1, now(),")
APPEND_ONE = """SELECT ledger.append_one(
    1, now(), 's', gen_random_uuid(), 0, ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}')"""
LEAF = "SELECT ledger.leaf(1, 's', 1, gen_random_uuid(), gen_random_uuid(), 'Noted', 1::smallint, '', '', now())"


def appends(writer: str, event_type: str, stream: str) -> str:
    """A task's function, called with one event."""
    return f"SELECT * FROM appending.{writer}" + ARGUMENTS.format(stream=stream, type=event_type)


def hidden(writer: str, streams: str, event_types: str, versions: str) -> str:
    """A task's function, called with two events as two commands, of which one would hide the other."""
    two = "ARRAY[gen_random_uuid(), gen_random_uuid()]"
    content = "ARRAY['{}', '{}']::bytea[]"
    arguments = f"{streams}, {versions}, {two}, {two}, {event_types}, '{{1,1}}', {content}, {content}, '{{1,1}}'"
    return f"SELECT * FROM appending.{writer}({arguments})"


PAYMENTS = ("accounts", "instructions", "files", "file_payments", "bank_files", "entries", "exceptions")
"""The tables of the payments room."""

INSTRUCT = """INSERT INTO payments.instructions
    (payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, sha256)
    VALUES (gen_random_uuid(), 'P', 1, 1, 'E', '', '')"""
ENTER = """INSERT INTO payments.entries
    (entry_id, file_sha256, message_id, place, about, digest, referenced, likeness)
    SELECT gen_random_uuid(), sha256, 'm', 'p', '', 'd', true, '' FROM payments.bank_files"""
RAISE = """INSERT INTO payments.exceptions (exception_id, kind, file_name, reason, content)
    VALUES (gen_random_uuid(), 'UNREADABLE', 'f', 'r', 'c')"""
LOAD = """INSERT INTO registers.versions (register, sha256, source_date, row_count, bad_count, state)
    VALUES ('r', 's', now(), 0, 0, 'LOADING')"""

BEGIN_PAPER = (
    """SELECT papers.begin(sha256('p'), sha256('k'), 'ab/' || repeat('c', 62), 1, 'PDF', 1, 'CLEAN', '', 'pia.berg')"""
)
EVERYBODY = " ".join(login for login in Login if login not in {Login.GRANTEE, Login.EXAMINER, Login.API})
"""All but the two of the door, which read nothing of this (tests/deploy/test_door_logins.py), and that of the API,
which reads less of it (tests/deploy/test_processes.py)."""
WITH_PAYMENTS = "worker staff exporter importer emergency"
WITH_NAMES = f"{WITH_PAYMENTS} projector console post attester api"
EVERY_READER = f"{EVERYBODY} api"


class Case(NamedTuple):
    """A statement, and the logins that may execute it."""

    may: str
    statement: str


def cases(may: str, *statements: str) -> list[Case]:
    return [Case(may, statement) for statement in statements]


PARTNERSHIP, ATTEMPT = "partnership/P-2026-0001", "partnership/P-2026-0001/tranche/1/attempt/1"

CASES = [
    *cases("worker", appends("worker", "ApprovalGiven", PARTNERSHIP), appends("worker", "PaymentInstructed", ATTEMPT)),
    *cases(
        "worker",
        appends("worker", "DirectoryChangeProposed", "directory"),
        appends("worker", "AccountRecorded", "account/BA-1"),
        appends("worker", "MatchCleared", "clearance/ab"),
        appends("worker", "ErasureApproved", "privacy"),
        appends("worker", "GuardOverridden", "register/irs-bmf"),
        appends("worker", "TruthAnswered", "truths"),
        appends("worker", "SourceConfirmed", "rule-book"),
        appends("worker", "EditionConfirmed", "edition/LETTER/award"),
        appends("worker", "PaperErasureApproved", "papers"),
        appends("worker", "PeriodClosed", "books"),
        appends("worker", "ImportConfirmed", f"import/{'ab' * 32}"),
        appends("worker", "PartnershipImported", "imported/P-2026-5001"),
    ),
    *cases("staff", appends("staff", "DirectoryFounded", "directory")),
    *cases("exporter", appends("exporter", "PaymentFileMade", "payment-file/ACCM")),
    *cases("importer", appends("importer", "PaymentSettled", ATTEMPT)),
    *cases("emergency", appends("emergency", "HoldPlaced", PARTNERSHIP), appends("emergency", "TruthTold", "truths")),
    *cases(
        "",
        # Each task's own function refuses what is another's to say,
        appends("worker", "StaffLeft", "directory"),
        appends("worker", "EditionAsked", "edition/LETTER"),
        appends("staff", "EditionAsked", "edition/LETTER/award"),
        appends("worker", "TruthTold", PARTNERSHIP),
        appends("emergency", "TruthAnswered", "truths"),
        appends("worker", "DirectoryFounded", "directory"),
        appends("worker", "Garbage", "directory"),
        appends("worker", "PaymentSettled", ATTEMPT),
        appends("worker", "PaymentHandedOver", ATTEMPT),
        appends("worker", "TrancheHandedOver", PARTNERSHIP),
        appends("worker", "FundsReceived", PARTNERSHIP),
        appends("worker", "ApprovalGiven", ATTEMPT),
        appends("worker", "ApprovalGiven", f"{PARTNERSHIP}/"),
        appends("worker", "Garbage", PARTNERSHIP),
        appends("staff", "ApprovalGiven", PARTNERSHIP),
        appends("staff", "DirectoryChangeProposed", "directory"),
        appends("staff", "AccountRecorded", "account/BA-1"),
        appends("staff", "ErasureApproved", "privacy"),
        appends("exporter", "PaymentSettled", ATTEMPT),
        appends("exporter", "TrancheReleased", PARTNERSHIP),
        appends("importer", "PaymentFileHandedOver", "payment-file/ACCM"),
        appends("importer", "PaymentInstructed", ATTEMPT),
        appends("emergency", "HoldLifted", PARTNERSHIP),
        appends("emergency", "StaffRegistered", "directory"),
        # however it is hidden behind what nobody can read,
        hidden("staff", "ARRAY[NULL, 'directory']", "'{x,Garbage}'", "'{5,1}'"),
        hidden("staff", "'{directory,directory}'", "ARRAY[NULL, 'Garbage']", "'{1,2}'"),
        hidden("worker", "'[0:1]={partnership/P-1,x}'", "'[0:1]={HoldPlaced,HoldPlaced}'", "'{1,1}'"),
        # and the ledger's own is nobody's.
        APPEND,
        APPEND_NEW,
        PLACE,
        APPEND_ONE,
        LEAF,
        "SELECT ledger.take_append_lock()",
        APPEND_AS,
    ),
    # What each may append is read by all, and written by none.
    *cases(EVERY_READER, "TABLE appending.rights"),
    *cases(
        "",
        "INSERT INTO appending.rights VALUES ('staff', 'HoldPlaced', '^directory$', 1)",
        "UPDATE appending.rights SET form = 9",
        "DELETE FROM appending.rights",
        "TRUNCATE appending.rights",
        "ALTER TABLE appending.rights DISABLE TRIGGER ALL",
        "SELECT FROM appending.rights FOR UPDATE",
    ),
    *cases(EVERY_READER, "TABLE ledger.events", "TABLE ledger.nodes"),
    *cases(EVERYBODY, "TABLE ledger.readable"),
    *cases("signer", "INSERT INTO ledger.nodes VALUES (8, 0, sha256(''))"),
    *cases(
        "",
        "INSERT INTO ledger.events SELECT * FROM ledger.events",
        "INSERT INTO ledger.events DEFAULT VALUES",
        "UPDATE ledger.events SET meta = 'x'",
        "DELETE FROM ledger.events",
        "TRUNCATE ledger.events",
        "SELECT FROM ledger.events FOR UPDATE",
        "LOCK TABLE ledger.events IN ROW EXCLUSIVE MODE",
        "LOCK TABLE ledger.append_lock IN ROW EXCLUSIVE MODE",
        "UPDATE ledger.nodes SET hash = sha256('')",
        "DELETE FROM ledger.nodes",
        "TRUNCATE ledger.nodes",
    ),
    *cases(EVERY_READER, *[f"TABLE projection.{name}" for name in ("checkpoints", "documents", "quarantine")]),
    *cases(
        "projector",
        "INSERT INTO projection.checkpoints (name, generation) VALUES ('p', 1)",
        "UPDATE projection.checkpoints SET fault = 'x'",
        "DELETE FROM projection.documents",
        "DELETE FROM projection.quarantine",
    ),
    *cases("", "TRUNCATE projection.documents", "DROP TABLE projection.documents"),
    *cases(EVERYBODY, *[f"TABLE read_model.{name}" for name in ("documents", "portfolio", "work_queue")]),
    *cases(EVERYBODY, *[f"TABLE read_model.{name}" for name in ("obligations", "payments", "timeline")]),
    *cases(EVERYBODY, "TABLE registers.versions", "TABLE registers.rows"),
    *cases(EVERY_READER, "TABLE accord.migrations"),
    *cases(
        "loader", "SELECT FROM registers.versions FOR SHARE", LOAD, "UPDATE registers.versions SET state = 'SUPERSEDED'"
    ),
    *cases("", "DELETE FROM registers.rows", "UPDATE registers.rows SET row = ''"),
    *cases("", "UPDATE registers.versions SET register = ''", "UPDATE accord.migrations SET sha256 = ''"),
    *cases(WITH_PAYMENTS, *[f"TABLE payments.{name}" for name in PAYMENTS]),
    # Who attests reads the bank's statements, and whose account is whose: no payment, and no exception.
    *cases(f"{WITH_PAYMENTS} attester api", "SELECT sha256, content FROM payments.bank_files"),
    *cases(
        f"{WITH_PAYMENTS} attester",
        "SELECT reference, details FROM payments.accounts",
        "TABLE payments.account_statements",
    ),
    *cases("staff", "SELECT payments.record_account('r', 's', '{}', 'x')"),
    *cases("", "INSERT INTO payments.accounts (reference, sha256, details, recorded_by) VALUES ('r', 's', '{}', 'x')"),
    *cases("worker", INSTRUCT),
    *cases(
        "exporter",
        "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ('m', '', '', 0)",
        "INSERT INTO payments.file_payments SELECT message_id, payment_id FROM payments.files, payments.instructions",
        "SELECT content FROM payments.files WHERE message_id = 'm' FOR UPDATE",
        "UPDATE payments.files SET status = 'VOID'",
        "SELECT * FROM registers.hold_in_force()",
    ),
    *cases("exporter importer", "INSERT INTO payments.bank_files (sha256, name, content) VALUES ('s', 'n', '')"),
    *cases(
        "importer",
        "UPDATE payments.bank_files SET taken_at = now()",
        ENTER,
        RAISE,
        "UPDATE payments.exceptions SET resolved_at = now()",
    ),
    *cases(
        "",
        "UPDATE payments.accounts SET details = '{}'",
        "UPDATE payments.instructions SET frozen = ''",
        "SELECT frozen FROM payments.instructions FOR UPDATE",
        *[f"UPDATE payments.files SET {column}" for column in ("content = ''", "sha256 = ''", "payment_count = 2")],
        "UPDATE payments.files SET message_id = 'other'",
        "UPDATE payments.file_payments SET message_id = 'other'",
        *[f"UPDATE payments.bank_files SET {column} = DEFAULT" for column in ("content", "name", "kept_at", "sha256")],
        *[f"UPDATE payments.entries SET {column} = DEFAULT" for column in ("digest", "exception_id", "entry_id")],
        *[f"UPDATE payments.exceptions SET {column} = DEFAULT" for column in ("kind", "partnership", "reason")],
        *[f"DELETE FROM payments.{name}" for name in PAYMENTS],
        *[f"TRUNCATE payments.{name} CASCADE" for name in PAYMENTS],
    ),
    *cases(WITH_NAMES, "TABLE privacy.people", "TABLE privacy.mentions"),
    *cases(WITH_PAYMENTS, "SELECT * FROM privacy.known('s', '{}', '{}', '{}', '{}')"),
    *cases("console staff post", "TABLE post.choices"),
    *cases("console staff", "SELECT post.choose('pia.berg', 'pia@funder.test', 7, 'UTC', true)"),
    *cases("console staff", "SELECT post.settle(gen_random_uuid(), NULL, 'pia.berg')"),
    *cases("post", "UPDATE post.outbox SET state = 'SENT'", "INSERT INTO post.followed (position) VALUES (1)"),
    *cases(
        "", "DELETE FROM post.outbox", "UPDATE post.outbox SET recipient = 'x'", "UPDATE post.choices SET address = 'x'"
    ),
    *cases("post", "DELETE FROM post.choices"),
    *cases("console staff exporter", "TABLE console.accounts"),
    *cases("console", "TABLE console.sessions"),
    *cases("console", "UPDATE console.sessions SET ended_at = now()", "DELETE FROM console.prepared"),
    *cases("console staff", "SELECT statement, content, prepared_at FROM console.prepared"),
    *cases("console", "SELECT digest FROM console.prepared"),
    *cases("console", "TABLE console.drafts", "TABLE console.batches"),
    *cases("console counter api", "SELECT console.look('pia.berg', 'all')"),
    *cases("counter", "TABLE counter.sessions", "INSERT INTO counter.sessions VALUES (sha256('a'), 'pia.berg')"),
    *cases("counter", "SELECT errand, upload FROM counter.errands", "UPDATE counter.errands SET outcome = ''"),
    *cases("counter", "DELETE FROM counter.errands"),
    *cases("console counter", "SELECT shown, signature, outcome FROM counter.errands"),
    *cases("console", "UPDATE counter.errands SET signature = ''"),
    *cases(EVERYBODY, "TABLE editions.contents"),
    *cases("staff console", "SELECT editions.keep('x')"),
    *cases("", "INSERT INTO editions.contents (sha256, content) VALUES (encode(sha256('x'), 'hex'), 'x')"),
    *cases("", "UPDATE editions.contents SET content = 'x'", "DELETE FROM editions.contents"),
    *cases("console worker staff exporter importer emergency", "SELECT status FROM payments.files"),
    *cases("", "DELETE FROM console.looks", "UPDATE console.looks SET staff_id = ''", "DELETE FROM console.sessions"),
    *cases("staff", "SELECT privacy.destroy(gen_random_uuid(), '{}', 0)"),
    *cases("staff", "SELECT privacy.rewrite()", "SELECT privacy.rewrite_is_due()"),
    *cases("", "SELECT privacy.write_anew()", "UPDATE privacy.rewritten SET at = now()"),
    *cases(f"{EVERYBODY} examiner", "TABLE papers.kept"),
    *cases(EVERYBODY, "TABLE papers.mentions"),
    *cases("console staff", "SELECT papers.open(sha256('p'), 'pia.berg')"),
    *cases("console staff examiner", "SELECT papers.finish(sha256('p'))", BEGIN_PAPER),
    *cases("console staff examiner", "SELECT papers.mention(sha256('p'), 'P-2026-0001', 'pia.berg')"),
    *cases("staff", "SELECT papers.take(sha256('p'), 'pia.berg')", "SELECT papers.judge(sha256('p'), 1, 'CLEAN', '')"),
    *cases("staff", "SELECT papers.destroy(sha256('p'), '{}')", "SELECT papers.rewrite()"),
    *cases("", "TABLE papers.keys", "DELETE FROM papers.keys", "UPDATE papers.kept SET verdict = 'CLEAN'"),
    *cases("", "DELETE FROM papers.kept", "INSERT INTO papers.mentions DEFAULT VALUES", "DELETE FROM papers.mentions"),
    *cases(
        "", "SELECT lo_from_bytea(0, 'x')", "SELECT lo_create(0)", "SELECT lo_creat(-1)", "SELECT lo_put(1, 0, 'x')"
    ),
    *cases("", "DELETE FROM privacy.people", "DELETE FROM privacy.mentions", "TRUNCATE privacy.people CASCADE"),
    *cases("", "UPDATE privacy.people SET subject = ''", "INSERT INTO privacy.people DEFAULT VALUES"),
    *cases(
        "",
        "SET ROLE accord_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_are_kept ON ledger.events",
        "ALTER FUNCTION ledger.append RESET lock_timeout",
        "ALTER FUNCTION appending.worker RESET search_path",
        "ALTER FUNCTION appending.append_as RESET search_path",
        "CREATE FUNCTION ledger.f() RETURNS integer RETURN 1",
        *[
            f"CREATE TABLE {schema}.x ()"
            for schema in (
                "ledger",
                "appending",
                "projection",
                "papers",
                "payments",
                "privacy",
                "registers",
                "editions",
                "accord",
                "public",
            )
        ],
        "CREATE SCHEMA another",
        "CREATE ROLE another",
        "COPY ledger.events TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
        "SELECT rolpassword FROM pg_authid",
    ),
]


class Organisation(NamedTuple):
    """A database with one event in it, and who may log in to its server."""

    database: str
    logins: dict[str, str]

    def address(self, login: Login) -> str:
        return self.logins[login]


@pytest.fixture(scope="module")
async def organisation(template: str, stack: Stack) -> AsyncIterator[Organisation]:
    name, nobody = f"organisation_{uuid4().hex}", f"nobody_{uuid4().hex}"
    server = await asyncpg.connect(template)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    await server.execute(f"CREATE ROLE {nobody} LOGIN PASSWORD 'nobody'")
    database = template.replace("/postgres?", f"/{name}?")
    logins = {str(one): stack.postgres.url_of(one).replace("/accord?", f"/{name}?") for one in Login}
    organisation = Organisation(database, {**logins, NOBODY: as_user(database, nobody, "nobody")})
    owner = await asyncpg.connect(organisation.database)
    await owner.execute(APPEND)
    await owner.close()
    yield organisation
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.execute(f"DROP ROLE {nobody}")
    await server.close()


@pytest.fixture(scope="module")
async def everybody(organisation: Organisation) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    connections = {login: await asyncpg.connect(address) for login, address in organisation.logins.items()}
    yield connections
    for connection in connections.values():
        await connection.close()


async def may(connection: asyncpg.Connection, statement: str) -> bool:
    """True if the database executes a statement for this connection. Nothing of it stays."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await transaction.rollback()
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case.statement.split())[:70])
async def test_a_statement_is_executed_for_those_who_may_and_for_nobody_else(
    everybody: dict[str, asyncpg.Connection], case: Case
) -> None:
    allowed = {login for login, connection in everybody.items() if await may(connection, case.statement)}
    assert allowed == set(case.may.split())


async def test_no_login_has_a_right_of_the_owner(everybody: dict[str, asyncpg.Connection]) -> None:
    """Neither by inheritance nor by SET ROLE. A task's login has that task's role."""
    role = "SELECT pg_has_role($1, 'USAGE') OR pg_has_role($1, 'SET') OR pg_has_role($1, 'MEMBER WITH ADMIN OPTION')"
    owners = [login for login, one in everybody.items() if await one.fetchval(role, "accord_owner")]
    assert owners == []
    assert all([await everybody[login].fetchval(role, f"accord_{login}") for login in Login])


# The real code with the rights of one task


def stopped(partnership: str, after: int = 0, events: int = 1, event_type: str = "CommandRefused") -> AppendRequest:
    return AppendRequest(f"partnership/{partnership}", uuid4(), after, (NewEvent.of(event_type, 1, {}, {}),) * events)


async def test_a_worker_appends_through_its_own_door_and_gets_all_four_answers(organisation: Organisation) -> None:
    async with await open_pool(organisation.address(Login.WORKER)) as pool:
        ledger, same = open_ledger(pool, Writer.WORKER), stopped("w")
        reused = AppendRequest("partnership/w", same.command_id, 0, (NewEvent.of("HoldPlaced", 1, {}, {}),))
        answers = [await ledger.append(request) for request in (same, same, reused, stopped("w"))]
        assert [str(answer.status) for answer in answers] == ["OK", "REPLAY", "KEY_REUSE", "CONFLICT"]


async def test_what_a_task_may_not_say_is_refused_before_it_travels_and_stops_nobody_else(
    organisation: Organisation,
) -> None:
    async with await open_pool(organisation.address(Login.WORKER)) as pool:
        ledger = open_ledger(pool, Writer.WORKER)
        with pytest.raises(NotAllowed, match="lets no TrancheHandedOver through to partnership/x"):
            await ledger.append(stopped("x", event_type="TrancheHandedOver"))
        assert (await ledger.append(stopped("x"))).recorded


@pytest.mark.parametrize("login", [login for login in Login if login not in (*Writer, Login.WORKER)])
async def test_who_writes_nothing_has_no_door_to_append_through(organisation: Organisation, login: Login) -> None:
    async with await open_pool(organisation.address(login)) as pool:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await open_ledger(pool, Writer.WORKER).append(stopped("y"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await open_ledger(pool).append(stopped("y"))


async def test_a_projector_folds_a_signer_stores_the_tree_and_a_reader_reads_both(organisation: Organisation) -> None:
    async with await open_pool(organisation.address(Login.WORKER)) as pool:
        await open_ledger(pool, Writer.WORKER).append(stopped("tree", 0, TILE))
    async with await open_pool(organisation.address(Login.PROJECTOR)) as pool:
        position = await Projector(Ledger(pool), Projection("counts", 1, "partnership/tree", count)).catch_up()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await StoredTree(Ledger(pool)).store_nodes()
    async with await open_pool(organisation.address(Login.SIGNER)) as pool:
        assert await StoredTree(Ledger(pool)).store_nodes() == 1
    async with await open_pool(organisation.address(Login.READER)) as pool:
        assert len(await StoredTree(Ledger(pool)).root(position)) == 32
        assert await pool.fetchval("SELECT version FROM read_model.documents WHERE name = 'counts'") == TILE


def count(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    return {"events": (document or {"events": 0})["events"] + len(events)}


async def test_staff_record_accounts_a_worker_freezes_and_an_exporter_makes_the_file(
    organisation: Organisation,
) -> None:
    async with await open_pool(organisation.address(Login.STAFF)) as pool, pool.acquire() as connection:
        await record_accounts(connection)  # type: ignore[arg-type]
    async with await open_pool(organisation.address(Login.WORKER)) as pool, pool.acquire() as connection:
        (instruction,) = await freeze_all(connection, order())  # type: ignore[arg-type]
    async with await open_pool(organisation.address(Login.EXPORTER)) as pool, pool.acquire() as connection:
        assert [row.payment_id for row in await unfiled_instructions(connection)] == [instruction.payment_id]
        (file,) = await files_of(connection, [instruction])  # type: ignore[arg-type]
        assert await unfiled_instructions(connection) == []
        await mark(connection, file.message_id, FileStatus.HANDED_OVER)
        stored = await stored_file(connection, file.message_id)
        assert stored is not None
        assert stored.status is FileStatus.HANDED_OVER


# The second line of defence, and ways around the first


@pytest.mark.parametrize(
    "change", ["UPDATE ledger.events SET meta = 'x'", "DELETE FROM ledger.events", "TRUNCATE ledger.events"]
)
async def test_not_even_the_owner_changes_what_is_recorded(connection: asyncpg.Connection, change: str) -> None:
    await connection.execute(APPEND)
    before = await connection.fetch("TABLE ledger.events")
    await connection.execute("SET ROLE accord_owner")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="the ledger is append-only"):
        await connection.execute(change)
    assert await connection.fetch("TABLE ledger.events") == before


async def test_a_writer_who_makes_tables_and_functions_of_the_same_names_still_appends_to_the_ledger(
    organisation: Organisation, everybody: dict[str, asyncpg.Connection]
) -> None:
    await everybody["worker"].execute(
        "CREATE TEMP TABLE events (position bigint, recorded_at timestamptz, stream_id text, version integer);"
        "CREATE FUNCTION pg_temp.take_append_lock(OUT head bigint, OUT clock timestamptz) RETURN (0, now());"
        "CREATE FUNCTION pg_temp.unnest(text[], text[]) RETURNS TABLE (a text, b text) LANGUAGE sql AS "
        "$$ SELECT 'partnership/p', 'HoldPlaced' $$;"
        "SET search_path = pg_temp, ledger, pg_catalog"
    )
    async with await open_pool(organisation.address(Login.READER)) as pool:
        before = await Ledger(pool).head()
        await everybody["worker"].execute(appends("worker", "HoldPlaced", "partnership/shadowed"))
        assert await Ledger(pool).head() == before + 1
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await everybody["worker"].execute(appends("worker", "StaffLeft", "directory"))


async def test_a_writer_who_counts_events_wrongly_is_refused_and_makes_no_gap(
    connection: asyncpg.Connection,
) -> None:
    counts = """SELECT * FROM ledger.append(
        '{a,b,c}', '{9,1,1}', ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()],
        ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}', '{-5,5,1}')"""
    with pytest.raises(asyncpg.DataError):
        await connection.execute(counts)
    assert await connection.fetch("TABLE ledger.events") == []


APPEND_THREE = """SELECT ledger.append_new({streams}, {versions},
    array_fill(gen_random_uuid(), '{{3}}'), ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()],
    '{{Noted,Noted,Noted}}', '{{1,1,1}}', array_fill('{{}}'::bytea, '{{3}}'), array_fill('{{}}'::bytea, '{{3}}'))"""


@pytest.mark.parametrize(
    ("streams", "versions"),
    [
        pytest.param("'{a,a,a}'", "'{1,2,4}'", id="a version left out"),
        pytest.param("'{a,a,a}'", "'{2,3,4}'", id="the first version left out"),
        pytest.param("'{a,b,a}'", "'{1,1,3}'", id="a version left out behind another stream"),
        pytest.param("'{a,a,a}'", "'{1,2,2}'", id="a version twice"),
        pytest.param("'{a,a,b}'", "'{2,1,1}'", id="out of order"),
        pytest.param("'{a,b,c}'", "'{1,1,0}'", id="a version below 1"),
        pytest.param("'{a,b,c}'", "'{1,1,NULL}'", id="no version"),
        pytest.param("NULL", "NULL", id="nothing"),
    ],
)
async def test_a_writer_who_leaves_a_stream_with_a_gap_is_refused_whole(
    connection: asyncpg.Connection, streams: str, versions: str
) -> None:
    assert await connection.fetchval(APPEND_THREE.format(streams=streams, versions=versions)) is None
    assert await connection.fetch("TABLE ledger.events") == []


@pytest.mark.parametrize(("streams", "versions"), [("'{a,b}'", "'{1,1,1}'"), ("'{a,b,c,d}'", "'{1,1,1,1}'")])
async def test_a_writer_who_sends_more_or_fewer_places_than_events_is_refused_whole(
    connection: asyncpg.Connection, streams: str, versions: str
) -> None:
    with pytest.raises(asyncpg.NotNullViolationError):
        await connection.fetchval(APPEND_THREE.format(streams=streams, versions=versions))
    assert await connection.fetch("TABLE ledger.events") == []


async def test_what_follows_one_another_in_one_batch_or_what_stands_already_is_new(
    connection: asyncpg.Connection,
) -> None:
    assert await connection.fetchval(APPEND_THREE.format(streams="'{a,a,b}'", versions="'{1,2,1}'")) == 1
    assert await connection.fetchval(APPEND_THREE.format(streams="'{b,a,a}'", versions="'{2,3,4}'")) == 4
    assert await connection.fetchval(APPEND_THREE.format(streams="'{a,a,b}'", versions="'{4,5,3}'")) is None
    assert await connection.fetchval("SELECT max(position) FROM ledger.events") == 6


@pytest.mark.parametrize("login", ["reader", "projector", "signer", NOBODY])
async def test_who_may_not_append_cannot_hold_up_those_who_may(
    everybody: dict[str, asyncpg.Connection], login: str
) -> None:
    async with everybody[login].transaction():
        await everybody[login].execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger.append', 0))")
        async with everybody["worker"].transaction():
            assert await may(everybody["worker"], appends("worker", "HoldPlaced", "partnership/held-up"))


# A batch that says one thing of its events to the door, and another to what places them

IDS = tuple(str(UUID(int=n)) for n in range(1, 6))
THREE = {
    "stream_ids": "{partnership/a,partnership/b,partnership/b}",
    "versions": "{1,1,999}",
    "command_ids": f"{{{IDS[0]},{IDS[1]},{IDS[1]}}}",
    "event_ids": f"{{{IDS[2]},{IDS[3]},{IDS[4]}}}",
    "event_types": "{HoldPlaced,HoldPlaced,HoldPlaced}",
    "schema_versions": "{1,1,1}",
    "payloads": '{"{}","{}","{}"}',
    "metas": '{"{}","{}","{}"}',
    "event_counts": "{1,2}",
}
"""Three events of two commands. The last does not stand where it says, so each command is judged by itself."""


def called(door: str, **others: str) -> str:
    """A call of a door with three events, where some of the arrays are others."""
    arrays = ", ".join(f"'{array}'" for array in {**THREE, **others}.values())
    return f"SELECT * FROM {door}({arrays})"


def shifted(name: str) -> dict[str, str]:
    """An array whose numbers begin with 2, so that its second element is what others hold first."""
    return {name: f"[2:{THREE[name].count(',') + 2}]={THREE[name]}"}


def in_one_command(streams: str, event_types: str) -> dict[str, str]:
    """Two events of one command, addressed to two streams. The second cannot stand where it says."""
    ids = {"command_ids": f"{{{IDS[0]},{IDS[0]}}}", "event_ids": f"{{{IDS[2]},{IDS[3]}}}"}
    content = {"schema_versions": "{1,1}", "payloads": '{"{}","{}"}', "metas": '{"{}","{}"}', "event_counts": "{2}"}
    return {"stream_ids": streams, "versions": "{1,999}", "event_types": event_types, **ids, **content}


CLEARED = {
    "stream_ids": "{clearance/a,clearance/b,clearance/b}",
    "event_types": "{MatchCleared,MatchCleared,MatchCleared}",
}
HELD_AND_RESERVED = in_one_command("{partnership/P,fund/FD-X}", "{HoldPlaced,FundsReserved}")
MOVED_AND_HELD = in_one_command("{fund/FD-X,partnership/P}", "{ReservationMoved,HoldPlaced}")


async def recorded_by(connection: asyncpg.Connection, statement: str) -> list[tuple[int, str, str]]:
    """The events that a statement leaves in the ledger, with the stream of each, or none if it is refused."""
    before = await connection.fetchval("SELECT max(position) FROM ledger.events") or 0
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
        return [tuple(row) for row in await connection.fetch(RECORDED, before)]  # type: ignore[misc]
    except (asyncpg.InsufficientPrivilegeError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
        return []
    finally:
        await transaction.rollback()


RECORDED = "SELECT position, stream_id, event_id::text FROM ledger.events WHERE position > $1 ORDER BY position"


@pytest.mark.parametrize(
    ("writer", "others"),
    [
        pytest.param("worker", {**CLEARED, **shifted("event_ids")}, id="a worker counts its events from 2"),
        pytest.param("emergency", shifted("event_ids"), id="the emergency login counts its events from 2"),
        pytest.param("worker", HELD_AND_RESERVED, id="a worker takes a fund's event along to a partnership"),
        pytest.param("emergency", MOVED_AND_HELD, id="the emergency login takes a hold along to a fund"),
    ],
)
async def test_a_door_lets_no_batch_through_that_means_another_to_what_places_it(
    everybody: dict[str, asyncpg.Connection], writer: str, others: dict[str, str]
) -> None:
    assert await recorded_by(everybody[writer], called(f"appending.{writer}", **others)) == []


@pytest.mark.parametrize("name", THREE)
async def test_a_writer_whose_array_does_not_begin_with_1_makes_no_gap_and_moves_no_event(
    connection: asyncpg.Connection, name: str
) -> None:
    recorded = await recorded_by(connection, called("ledger.append", **shifted(name)))
    sent = dict(zip(IDS[2:], THREE["stream_ids"].strip("{}").split(","), strict=True))
    assert [position for position, _, _ in recorded] == list(range(1, len(recorded) + 1))
    assert [stream for _, stream, _ in recorded] == [sent[event] for _, _, event in recorded]


@pytest.mark.parametrize("others", [HELD_AND_RESERVED, MOVED_AND_HELD], ids=["a hold first", "a fund first"])
async def test_the_events_of_one_command_stand_in_no_other_stream_than_they_say(
    connection: asyncpg.Connection, others: dict[str, str]
) -> None:
    recorded = await recorded_by(connection, called("ledger.append", **others))
    sent = dict(zip(IDS[2:4], others["stream_ids"].strip("{}").split(","), strict=True))
    assert [stream for _, stream, _ in recorded] == [sent[event] for _, _, event in recorded]
