"""Mail by shell: what one is told is chosen, and what waits for a person is settled, there."""

from __future__ import annotations

import os
from uuid import UUID, uuid4

import pytest

from accord.client.desk import Desk
from accord.post import outbox
from accord.post.kinds import MailKind
from accord.post.outbox import NewMail
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login, as_user, read_secret
from tests.accord.post.conftest import granted
from tests.accord.post.reports import TOKEN
from tests.accord.shell import BAD_INPUT, REFUSED, UNREACHABLE, Shell, assert_all_fail, assert_fails
from tests.conftest import name_in
from tests.logins import let_in
from tests.paying import REFERENCE

WHO = ("--as", "paul.nkosi")


@pytest.fixture
async def house(furnished: Desk, furnished_database: str) -> Shell:
    """The shell of staff in a house where a tranche waits for its payer."""
    await granted(furnished)
    await let_in(furnished_database)
    return Shell(
        ACCORD_DATABASE_URL=without_user(furnished_database), ACCORD_SECRETS=os.environ["ACCORD_SECRETS"],
        ACCORD_SMTP="smtp://localhost:2525", ACCORD_MAIL_FROM="grants@funder.test",
    )  # fmt: skip


def without_user(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"


async def waiting(desk: Desk, state: str = "UNKNOWN", token: bytes | None = None) -> UUID:
    """A mail that was in the hands of a process that ended, or was sent."""
    mail = NewMail(uuid4(), MailKind.DIGEST, "staff/paul.nkosi", {"day": "2026-12-01"})
    await outbox.queue(desk.pool, [mail])
    [found] = await outbox.mails_named(desk.pool, str(mail.id))
    await outbox.begin(desk.pool, found, token or bytes(32))
    await desk.pool.execute("UPDATE post.outbox SET state = $2 WHERE id = $1", mail.id, state)
    return mail.id


async def test_a_person_chooses_and_sees_what_they_would_get(furnished: Desk, house: Shell) -> None:
    told = await house.done("post", "choose", "--address", "paul@funder.test", "--digest", "7", "--overdue", *WHO)
    assert "a digest at 7:00 UTC and at once what is overdue" in told.words
    shown = await house.done("post", "preview", *WHO)
    assert (REFERENCE in shown.words, "Release" in shown.words) == (True, True)
    assert "Nothing waits" in (await house.done("post", "preview", "--as", "vera.lind")).words
    await house.done("post", "choose", "--digest", "9", *WHO)
    row = await furnished.pool.fetchrow("SELECT address, digest_hour, overdue FROM post.choices")
    assert tuple(row) == ("paul@funder.test", 9, False)
    assert "nothing" in (await house.done("post", "choose", *WHO)).words
    assert await furnished.pool.fetchval("SELECT count(*) FROM post.choices") == 0


@pytest.mark.slow
async def test_what_waits_is_listed_sent_anew_or_let_go(furnished: Desk, house: Shell) -> None:
    again, gone = await waiting(furnished), await waiting(furnished, "REFUSED", bytes([1] * 32))
    listed = (await house.done("post", "list", "--json")).json
    assert {row["id"] for row in listed} == {str(again), str(gone)}
    assert "Queued as" in (await house.done("post", "again", str(again)[:8], *WHO)).words
    await house.done("post", "let-go", str(gone), *WHO)
    assert "No mail waits" in (await house.done("post", "list")).words
    shown = (await house.done("post", "show", str(gone), "--json")).json
    assert (shown["state"], shown["settled_by"]) == ("LET_GO", "paul.nkosi")
    await assert_all_fail(
        house,
        (("post", "again", str(again), *WHO), REFUSED, ("waits for nobody",)),
        (("post", "let-go", "0" * 36, *WHO), REFUSED, ("there is no mail",)),
        (("post", "show", "abc"), BAD_INPUT, ("MAIL", "too short")),
        (("post", "choose", "--digest", "7", *WHO), BAD_INPUT, ("address", "no address")),
        (("post", "choose", "--digest", "7", "--address", "a@b.test", "--zone", "Mars", *WHO), BAD_INPUT, ("zone",)),
        (("post", "choose", "--overdue", "--address", "a@b.test", "--as", "nobody.here"), REFUSED, ("directory",)),
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"ACCORD_SMTP": ""}, "ACCORD_SMTP: no server"),
        ({"ACCORD_SMTP": "https://mail.test"}, "ACCORD_SMTP"),
        ({"ACCORD_SMTP": "smtp://u:hunter2@mail.test"}, "ACCORD_SMTP"),
        ({"ACCORD_MAIL_FROM": "nobody"}, "ACCORD_MAIL_FROM"),
        ({"ACCORD_MAIL_FROM": "A <a@b.test>\nBcc: x@y.test"}, "ACCORD_MAIL_FROM"),
    ],
)
async def test_a_setting_that_is_none_is_named(house: Shell, settings: dict[str, str], fault: str) -> None:
    answer = await house.where(**settings)("post", "preview", *WHO)
    assert_fails(answer, UNREACHABLE, fault)
    assert "hunter2" not in str(answer)


@pytest.mark.slow
async def test_a_mail_that_came_back_waits_for_a_person(furnished: Desk, furnished_database: str, stack: Stack) -> None:
    await let_in(furnished_database)
    secret = read_secret(stack.postgres.secrets / Login.POST)
    address = as_user(furnished_database, Login.POST.of(name_in(furnished_database)), secret)
    mail_id = await waiting(furnished, "SENT", outbox.digest_of(TOKEN))
    async with await open_pool(address, 1) as pool:
        assert await outbox.bounce(pool, outbox.digest_of("0" * 32), "it came back (5.1.1)") is None
        assert await outbox.bounce(pool, outbox.digest_of(TOKEN), "it came back (5.1.1)") == mail_id
        assert await outbox.bounce(pool, outbox.digest_of(TOKEN), "it came back (5.1.1)") is None
    [mail] = await outbox.mails_named(furnished.pool, str(mail_id))
    assert (mail.state.value, mail.reason) == ("REFUSED", "it came back (5.1.1)")


@pytest.mark.slow
async def test_what_is_no_report_is_refused_by_the_pipe(house: Shell) -> None:
    assert_fails(await house("post", "bounced"), BAD_INPUT, "standard input", "no report")
