"""Look at mail: its server, what its domain publishes, the process that sends, and what waits. Nothing is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from accord.post.at_work import AtWork, at_work, backlog
from accord.presentation.numbers import count_in_words
from accord.runs.forms import login_to_look_with
from deploy.database import open_pool
from deploy.logins import SecretUnusable
from deploy.settings import database_url
from deploy.variables import NotConfigured, configured

PATIENCE: Final = timedelta(hours=2)
"""The time after which a mail that waits is a fault, as the alert has it."""
RESERVED: Final = frozenset({"localhost", "test", "example", "invalid"})
"""Top-level domains in which nobody publishes anything (RFC 6761)."""
_RUNBOOK: Final = "`accord runbook mail`"

Found = tuple[str, str]
"""A finding, and its remedy, which is '' where there is no fault."""


async def mail_findings() -> AsyncIterator[Found]:
    """Yield the findings on mail, in the order in which things depend on one another."""
    for look in (_server, _domain, _at_work):
        async for finding in look():
            yield finding


async def _server() -> AsyncIterator[Found]:
    """The server for mail can be used: over TLS, with the secret of its user, but on this machine."""
    if not configured("ACCORD_SMTP"):
        return
    from accord.post.sending import ServerAway, session  # who sends no mail has no library for it
    from accord.post.settings import MailSettings

    try:
        server = MailSettings.from_environment().server
        async with session(server):
            way = "without TLS, on this machine" if server.is_here and not server.implicit_tls else "over TLS"
            yield f"{server.host}:{server.port} lets us in, {way}", ""
    except (NotConfigured, SecretUnusable, ServerAway) as fault:
        yield str(fault), f"mend that, or ask whoever runs the server: {_RUNBOOK}"


async def _domain() -> AsyncIterator[Found]:
    """The sender's domain says who may send for it, so that others take the mail and turn forged mail away."""
    if not configured("ACCORD_SMTP") or not (sender := configured("ACCORD_MAIL_FROM")):
        return
    from accord.post.sending_domain import NotLookedUp, SendingDomain

    domain = sender.rpartition("@")[2].rstrip(">")
    if domain.rpartition(".")[2] in RESERVED:
        return
    try:
        for finding in await SendingDomain(domain, configured("ACCORD_MAIL_DKIM")).findings():
            yield finding.what, finding.remedy
    except NotLookedUp as fault:
        yield f"what {domain} publishes could not be looked up: {fault}", ""


async def _at_work() -> AsyncIterator[Found]:
    """A process sends mail, nothing waits for long, and nothing waits for people."""
    async with await open_pool(database_url(login_to_look_with()), 1) as pool:
        processes, waiting = await at_work(pool), await backlog(pool)
    if not configured("ACCORD_SMTP") and not any((*processes, *waiting)):
        return
    yield _process_told(processes)
    if waiting.queued:
        since = timedelta(seconds=waiting.waits)
        words = f"{count_in_words(waiting.queued, 'mail')} to send, the oldest for {since}"
        yield words, _RUNBOOK if since > PATIENCE else ""
    if waiting.for_people:
        words = f"{count_in_words(waiting.for_people, 'mail')} refused, come back or in doubt, for a person"
        yield words, "`accord post list`, or the page “Mail that did not arrive”"


def _process_told(processes: AtWork) -> Found:
    if processes.works:
        return "a process sends it", ""
    if processes.is_connected:
        words = "a process runs and sends nothing: its log says why (the server is away, or the ledger was put back)"
        return words, _RUNBOOK
    return "no process sends it", "start `accord post`"
