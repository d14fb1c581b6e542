"""Who may do what in the database, tried by doing it: a stolen login must not be able to rewrite what was recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple
from uuid import uuid4

import asyncpg
import pytest

from deploy.connections import open_pool
from domain.payment_file import FileStatus
from ledger import AppendRequest, Ledger, NewEvent, StoredEvent
from ledger.tree import TILE
from payments.files import mark, stored_file, waiting
from projections import Document, Projection, Projector
from proof.stored_tree import StoredTree
from tests.payments.orders import files_of, freeze_all, order, record_accounts

ROLES = ("writer", "projector", "reader", "payer", "keeper", "worker")
NOBODY = "nobody"
"""A login that was granted nothing."""

APPEND = """SELECT * FROM ledger.append_many(
    '{s}', ARRAY[gen_random_uuid()], '{0}', '{1}', ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}')"""
APPEND_NEW = """SELECT ledger.append_new(
    '{s}', '{1}', ARRAY[gen_random_uuid()], ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}')"""
PLACE = APPEND_NEW.replace("ledger.append_new(", "ledger.place(1, now(),")
APPEND_ONE = """SELECT ledger.append_one(
    1, now(), 's', gen_random_uuid(), 0, ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}')"""
LEAF = "SELECT ledger.leaf(1, 's', 1, gen_random_uuid(), gen_random_uuid(), 'Noted', 1::smallint, '', '', now())"


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


class Case(NamedTuple):
    """A statement, and the roles that may execute it."""

    may: str
    statement: str


def cases(may: str, *statements: str) -> list[Case]:
    return [Case(may, statement) for statement in statements]


CASES = [
    *cases("writer", APPEND, APPEND_NEW),
    *cases("projector reader", *[f"TABLE ledger.{name}" for name in ("events", "readable", "nodes")]),
    *cases("projector", "INSERT INTO ledger.nodes VALUES (8, 0, sha256(''))"),
    *cases(
        "",
        PLACE,
        APPEND_ONE,
        LEAF,
        "SELECT ledger.take_turn()",
        "INSERT INTO ledger.events SELECT * FROM ledger.events",
        "INSERT INTO ledger.events DEFAULT VALUES",
        "UPDATE ledger.events SET meta = 'x'",
        "DELETE FROM ledger.events",
        "TRUNCATE ledger.events",
        "SELECT FROM ledger.events FOR UPDATE",
        "LOCK TABLE ledger.events IN ROW EXCLUSIVE MODE",
        "UPDATE ledger.nodes SET hash = sha256('')",
        "DELETE FROM ledger.nodes",
        "TRUNCATE ledger.nodes",
    ),
    *cases("projector reader", *[f"TABLE projection.{name}" for name in ("checkpoints", "documents", "quarantine")]),
    *cases(
        "projector",
        "INSERT INTO projection.checkpoints (name, generation) VALUES ('p', 1)",
        "UPDATE projection.checkpoints SET fault = 'x'",
        "DELETE FROM projection.documents",
        "DELETE FROM projection.quarantine",
    ),
    *cases("", "TRUNCATE projection.documents", "DROP TABLE projection.documents"),
    *cases("reader", *[f"TABLE read_model.{name}" for name in ("documents", "portfolio", "work_queue", "obligations")]),
    *cases("reader", *[f"TABLE read_model.{name}" for name in ("payments", "timeline")]),
    *cases("reader", "TABLE registers.versions", "TABLE registers.rows", "TABLE accord.migrations"),
    *cases("", "DELETE FROM registers.rows", "UPDATE accord.migrations SET sha256 = ''"),
    *cases("payer", *[f"TABLE payments.{name}" for name in PAYMENTS]),
    *cases(
        "payer",
        "INSERT INTO payments.accounts (reference, sha256, details, recorded_by) VALUES ('r', 's', '{}', 'x')",
        INSTRUCT,
        "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ('m', '', '', 0)",
        "INSERT INTO payments.file_payments SELECT message_id, payment_id FROM payments.files, payments.instructions",
        "SELECT content FROM payments.files WHERE message_id = 'm' FOR UPDATE",
        "UPDATE payments.files SET status = 'VOID'",
        "INSERT INTO payments.bank_files (sha256, name, content) VALUES ('s', 'n', '')",
        "UPDATE payments.bank_files SET taken_at = now()",
        ENTER,
        RAISE,
        "UPDATE payments.exceptions SET resolved_at = now()",
        "SELECT * FROM registers.hold_in_force()",
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
        "SELECT FROM registers.versions FOR SHARE",
        "UPDATE registers.versions SET state = 'SUPERSEDED'",
        *[f"DELETE FROM payments.{name}" for name in PAYMENTS],
        *[f"TRUNCATE payments.{name} CASCADE" for name in PAYMENTS],
    ),
    *cases("keeper", "TABLE privacy.people", "TABLE privacy.mentions"),
    *cases("", "DELETE FROM privacy.people", "DELETE FROM privacy.mentions", "TRUNCATE privacy.people CASCADE"),
    *cases(
        "",
        "SET ROLE accord_owner",
        "SET session_replication_role = replica",
        "ALTER TABLE ledger.events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_are_kept ON ledger.events",
        "ALTER FUNCTION ledger.append_many RESET search_path",
        "CREATE FUNCTION ledger.f() RETURNS integer RETURN 1",
        *[f"CREATE TABLE {schema}.x ()" for schema in ("ledger", "projection", "payments", "privacy", "public")],
        "CREATE SCHEMA another",
        "COPY ledger.events TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
    ),
]


class House(NamedTuple):
    """A database with one event in it, and a login for each role."""

    database: str
    logins: dict[str, str]

    def address(self, role: str) -> str:
        return self.database.replace("//postgres:", f"//{self.logins[role]}:")


@pytest.fixture(scope="module")
async def house(template: str) -> AsyncIterator[House]:
    name = f"house_{uuid4().hex}"
    logins = {role: f"{role}_{uuid4().hex}" for role in (*ROLES, NOBODY)}
    server = await asyncpg.connect(template)
    await server.execute(f"CREATE DATABASE {name} TEMPLATE accord_template")
    for role, login in logins.items():
        await server.execute(f"CREATE ROLE {login} LOGIN")
        if role != NOBODY:
            await server.execute(f"GRANT accord_{role} TO {login}")
    house = House(template.replace("/postgres?", f"/{name}?"), logins)
    owner = await asyncpg.connect(house.database)
    await owner.execute(APPEND)
    await owner.close()
    yield house
    await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await server.execute(f"DROP ROLE {', '.join(logins.values())}")
    await server.close()


@pytest.fixture(scope="module")
async def everybody(house: House) -> AsyncIterator[dict[str, asyncpg.Connection]]:
    connections = {role: await asyncpg.connect(house.address(role)) for role in house.logins}
    yield connections
    for connection in connections.values():
        await connection.close()


async def may(connection: asyncpg.Connection, statement: str) -> bool:
    """Whether the database executes a statement for whoever is connected. Nothing of it stays."""
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
    allowed = {role for role, connection in everybody.items() if await may(connection, case.statement)}
    assert allowed == {*case.may.split(), *(["worker"] if case.may else [])}


# The real code with the rights of one role


def noted(stream: str, after: int = 0, events: int = 1) -> AppendRequest:
    return AppendRequest(stream, uuid4(), after, (NewEvent.of("Noted", 1, {}, {}),) * events)


async def test_a_writer_appends_and_gets_all_four_answers_without_being_able_to_read(house: House) -> None:
    async with await open_pool(house.address("writer")) as pool:
        ledger, same = Ledger(pool), noted("w")
        reused = AppendRequest("w", same.command_id, 0, (NewEvent.of("Heard", 1, {}, {}),))
        answers = [await ledger.append(request) for request in (same, same, reused, noted("w"))]
        assert [str(answer.status) for answer in answers] == ["OK", "REPLAY", "KEY_REUSE", "CONFLICT"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ledger.head()


async def test_a_projector_folds_and_stores_the_tree_and_a_reader_reads_both(house: House) -> None:
    async with await open_pool(house.address("writer")) as pool:
        await Ledger(pool).append(noted("tree", 0, TILE))
    async with await open_pool(house.address("projector")) as pool:
        position = await Projector(Ledger(pool), Projection("counts", 1, "tree", count)).catch_up()
        assert await StoredTree(Ledger(pool)).store_nodes() == 1
    async with await open_pool(house.address("reader")) as pool:
        assert len(await StoredTree(Ledger(pool)).root(position)) == 32
        assert await pool.fetchval("SELECT version FROM read_model.documents WHERE name = 'counts'") == TILE


def count(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    return {"events": (document or {"events": 0})["events"] + len(events)}


async def test_a_payer_reads_what_waits_makes_a_file_of_it_and_marks_it(house: House) -> None:
    async with await open_pool(house.address("payer")) as pool, pool.acquire() as connection, connection.transaction():
        await record_accounts(connection)  # type: ignore[arg-type]
        (instruction,) = await freeze_all(connection, order())  # type: ignore[arg-type]
        assert [row.payment_id for row in await waiting(connection)] == [instruction.payment_id]
        (file,) = await files_of(connection, [instruction])  # type: ignore[arg-type]
        assert await waiting(connection) == []
        await mark(connection, file.message_id, FileStatus.HANDED_OVER)
        stored = await stored_file(connection, file.message_id)
        assert stored is not None
        assert stored.status is FileStatus.HANDED_OVER


# How a deployment grants a role


@pytest.mark.parametrize(
    ("login", "grant", "first", "works"),
    [
        pytest.param("INHERIT", "", "", True, id="a login as it is made by default"),
        pytest.param("NOINHERIT", "", "", False, id="a login that does not inherit"),
        pytest.param("NOINHERIT", "", "SET ROLE accord_writer; ", True, id="unless it takes the role"),
        pytest.param("NOINHERIT", "WITH INHERIT TRUE", "", True, id="or the grant says so"),
    ],
)
async def test_a_login_has_the_rights_of_a_role_if_it_inherits_or_takes_it(
    connection: asyncpg.Connection, login: str, grant: str, first: str, works: bool
) -> None:
    async with connection.transaction():
        await connection.execute(f"CREATE ROLE some_login LOGIN {login}; GRANT accord_writer TO some_login {grant}")
        await connection.execute("SET SESSION AUTHORIZATION some_login")
        assert await may(connection, first + APPEND) is works
        await connection.execute("RESET SESSION AUTHORIZATION; DROP ROLE some_login")


@pytest.mark.parametrize("role", ["owner", *ROLES])
async def test_nobody_logs_in_as_a_role_itself(house: House, role: str) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="is not permitted to log in"):
        await asyncpg.connect(house.database.replace("//postgres:", f"//accord_{role}:"))


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
    house: House, everybody: dict[str, asyncpg.Connection]
) -> None:
    await everybody["writer"].execute(
        "CREATE TEMP TABLE events (position bigint, recorded_at timestamptz, stream_id text, version integer);"
        "CREATE FUNCTION pg_temp.take_turn(OUT head bigint, OUT clock timestamptz) RETURN (0, now());"
        "SET search_path = pg_temp, ledger"
    )
    async with await open_pool(house.address("reader")) as pool:
        before = await Ledger(pool).head()
        await everybody["writer"].execute(APPEND.replace("{s}", "{shadowed}"))
        assert await Ledger(pool).head() == before + 1


async def test_a_writer_who_counts_events_wrongly_is_refused_and_makes_no_gap(
    connection: asyncpg.Connection,
) -> None:
    counts = """SELECT * FROM ledger.append_many(
        '{a,b,c}', ARRAY[gen_random_uuid(), gen_random_uuid(), gen_random_uuid()], '{9,0,0}', '{-5,5,1}',
        ARRAY[gen_random_uuid()], '{Noted}', '{1}', '{"{}"}', '{"{}"}')"""
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


@pytest.mark.parametrize("role", ["reader", "projector", "payer", NOBODY])
async def test_who_may_not_append_cannot_hold_up_those_who_may(
    everybody: dict[str, asyncpg.Connection], role: str
) -> None:
    async with everybody[role].transaction():
        await everybody[role].execute("SELECT pg_advisory_xact_lock(hashtextextended('ledger.append', 0))")
        async with everybody["writer"].transaction():
            assert await may(everybody["writer"], APPEND)
