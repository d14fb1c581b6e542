"""`accord doctor` on mail: its server, the process that sends, what waits, and what the sender's domain publishes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest
from dns.asyncresolver import Resolver

from accord.client.desk import Desk
from accord.post import diagnosis
from accord.post.at_work import at_work
from accord.post.postman import Postman
from accord.post.sending_domain import NotLookedUp, SendingDomain
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from deploy.logins import Login
from tests.accord.post.servers import Mailbox
from tests.accord.post.test_sending import queued
from tests.conftest import Office, name_in
from tests.logins import let_in


async def found(look: Any) -> list[tuple[str, str]]:
    return [finding async for finding in look()]


async def test_the_server_is_tried_and_nothing_is_sent(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await found(diagnosis._server) == []
    monkeypatch.setenv("ACCORD_MAIL_FROM", "grants@funder.test")
    monkeypatch.setenv("ACCORD_SMTP", f"smtp://localhost:{box.port}")
    well = await found(diagnosis._server)
    assert well == [(f"localhost:{box.port} lets us in, without TLS, on this machine", "")]
    monkeypatch.setenv("ACCORD_SMTP", f"smtps://localhost:{box.port}")
    [(what, remedy)] = await found(diagnosis._server)
    assert ("cannot be used" in what, bool(remedy), box.taken) == (True, True, [])


async def test_what_waits_is_told_with_who_sends(
    furnished: Desk, furnished_database: str, stack: Stack, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given mail that waits and mail for a person, then each is told, and whether a process runs and sends."""
    house = Office(stack.postgres, name_in(furnished_database))
    await let_in(house.url)
    monkeypatch.setenv("ACCORD_DATABASE_URL", furnished_database)
    monkeypatch.setenv("ACCORD_SECRETS", str(stack.postgres.secrets))
    assert await found(diagnosis._at_work) == []
    await queued(furnished)
    assert await found(diagnosis._at_work) == [
        ("no process sends it", "start `accord post`"), ("1 mail to send, the oldest for 0:00:00", ""),
    ]  # fmt: skip
    async with await open_pool(house.url_of(Login.POST), 2) as pool:
        [(what, remedy), _] = await found(diagnosis._at_work)
        assert (what.startswith("a process runs and sends nothing"), remedy) == (True, "`accord runbook mail`")
        async with Postman(pool, box.settings).working():
            assert (await found(diagnosis._at_work))[0] == ("a process sends it", "")
            assert await at_work(furnished.pool) == (True, True)
    await furnished.pool.execute("UPDATE post.outbox SET state = 'UNKNOWN'")
    assert (await found(diagnosis._at_work))[1:] == [
        (
            "1 mail refused, come back or in doubt, for a person",
            "`accord post list`, or the page “Mail that did not arrive”",
        )
    ]


async def test_mail_that_waits_as_long_as_the_alert_allows_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    assert timedelta(hours=2) == diagnosis.PATIENCE


# What the domain publishes, from a server of the domain name system of the test's own.

GOOD = {
    ("funder.org", "TXT"): ['"v=spf1 mx -all"', '"some-other=record"'],
    ("mail._domainkey.funder.org", "TXT"): ['"v=DKIM1; k=rsa; " "p=MIIB"'],
    ("_dmarc.funder.org", "TXT"): ['"v=DMARC1; p=quarantine"'],
    ("funder.org", "MX"): ["10 mx.funder.org."],
}


class Names(asyncio.DatagramProtocol):
    """A name server that answers what it is told, nothing of names that it does not know, or with a failure."""

    def __init__(self, records: dict[tuple[str, str], list[str]], fails: bool) -> None:
        self._records, self._fails = records, fails

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, content: bytes, sender: Any) -> None:
        question = dns.message.from_wire(content)
        [asked] = question.question
        answer = dns.message.make_response(question)
        name, kind = asked.name.to_text().rstrip("."), dns.rdatatype.to_text(asked.rdtype)
        if self._fails:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif texts := self._records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *texts))
        elif name not in {known for known, _ in self._records}:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(answer.to_wire(), sender)


@asynccontextmanager
async def names(records: dict[tuple[str, str], list[str]], fails: bool = False) -> AsyncIterator[Resolver]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(partial(Names, records, fails), local_addr=("127.0.0.1", 0))
    resolver = Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], transport.get_extra_info("sockname")[1]
    try:
        yield resolver
    finally:
        transport.close()


async def told(records: dict[tuple[str, str], list[str]], domain: str = "funder.org", key: str = "mail") -> list[bool]:
    """Whether each of SPF, DKIM, DMARC and MX is well."""
    async with names(records) as resolver:
        return [not one.remedy for one in await SendingDomain(domain, key, resolver).findings()]


async def test_a_domain_that_publishes_all_is_well() -> None:
    assert await told(GOOD) == [True, True, True, True]
    grants = {("grants.funder.org", kind): GOOD["funder.org", kind] for kind in ("TXT", "MX")}
    key = {("mail._domainkey.grants.funder.org", "TXT"): GOOD["mail._domainkey.funder.org", "TXT"]}
    assert await told(GOOD | grants | key, "grants.funder.org") == [True, True, True, True]


@pytest.mark.parametrize(
    ("name", "texts", "which"),
    [
        ("funder.org", ['"some-other=record"'], 0),
        ("funder.org", ['"v=spf1 mx -all"', '"v=spf1 -all"'], 0),
        ("funder.org", ['"v=spf10 mx"'], 0),
        ("mail._domainkey.funder.org", ['"v=DKIM1; p="'], 1),
        ("_dmarc.funder.org", ['"v=DMARC1; p=none"'], 2),
        ("_dmarc.funder.org", ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"'], 2),
        ("_dmarc.funder.org", ['"v=spf1"'], 2),
    ],
)
async def test_what_is_missing_or_says_nothing_has_its_remedy(name: str, texts: list[str], which: int) -> None:
    assert await told(GOOD | {(name, "TXT"): texts}) == [place != which for place in range(4)]


async def test_a_domain_of_which_nothing_is_known_lacks_all_and_a_null_mx_takes_no_mail() -> None:
    assert await told({}, key="") == [False] * 4
    assert (await told(GOOD | {("funder.org", "MX"): ["0 ."]}))[3] is False


async def test_where_nobody_answers_that_is_said_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_SMTP", "smtp://mail.funder.org")
    monkeypatch.setenv("ACCORD_MAIL_FROM", "Grants <grants@funder.org>")
    async with names(GOOD, fails=True) as resolver:
        with pytest.raises(NotLookedUp, match=r"^funder\.org: "):
            await SendingDomain("funder.org", "mail", resolver).findings()
        monkeypatch.setattr("accord.post.sending_domain.Resolver", lambda: resolver)
        [(what, remedy)] = await found(diagnosis._domain)
    assert (what.startswith("what funder.org publishes could not be looked up"), remedy) == (True, "")
    monkeypatch.setenv("ACCORD_MAIL_FROM", "grants@funder.test")
    assert await found(diagnosis._domain) == []
