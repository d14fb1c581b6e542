"""A contact reads their mail: the link and the code in it, as they would type them in."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from accord.client.desk import Desk
from accord.post.postman import Postman
from accord.post.settings import MailSettings
from domain.partnership import events as e
from tests import paying
from tests.accord.post.conftest import JANE, granted, shown
from tests.accord.post.servers import Mailbox, settings
from tests.scribe import Scribe

DOOR = "https://forms.funder.test"
_LINK = re.compile(re.escape(DOOR) + r"/f/([A-Za-z0-9_-]{43})")
_CODE = re.compile(r"^([0-9]{8})$", re.MULTILINE)


def with_links(box: Mailbox, **more: Any) -> MailSettings:
    return settings(box.port, door=DOOR, **more)


async def round_with_links(desk: Desk, box: Mailbox, **more: Any) -> None:
    """One look of a process of mail whose mail has links."""
    postman = Postman(desk.pool, with_links(box, **more))
    async with postman.working() as connection:
        await postman.once(connection)


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def newest(box: Mailbox, to: str = JANE) -> str:
    """The text of the newest mail to somebody."""
    return [text_of(message) for _, recipient, message in box.taken if recipient == to][-1]


def link_in(text: str) -> str:
    """The secret of the one link in a mail."""
    [secret] = _LINK.findall(text)
    return str(secret)


def code_in(text: str) -> str:
    [digits] = _CODE.findall(text)
    return str(digits)


def in_ten_days() -> date:
    return datetime.now(UTC).date() + timedelta(days=10)


async def owing_a_report(desk: Desk, **more: Any) -> Scribe:
    """An agreed grant whose first report is due in ten days, and holds the second payment."""
    plan = [{"number": 1, "kind": "PROGRESS", "due_on": in_ten_days().isoformat(), "holds": [2]}]
    return await granted(desk, reports=plan, **more)


async def amended(story: Scribe, made: Any) -> None:
    """An amendment of whom to ask is recorded, and the read models show it."""
    funding = await paying.funding_of(story.desk, made)
    content = {"proposal": made, "funding": funding, "reason": "They wrote to us", "changes": ()}
    await story.says(e.ProposalAmended, "pia.berg", **content)
    await shown(story.desk)


def agreement(language: str = "en") -> dict[str, Any]:
    """What is recorded of an agreement that was issued."""
    digests = dict.fromkeys(("edition_sha256", "facts_sha256", "code_sha256"), "0" * 64)
    pdf = hashlib.sha256(b"the agreement").hexdigest()
    edition = {"edition_name": "agreement", "edition": "2026.1", "pdf_sha256": pdf, **digests}
    return {
        "letter": "AGREEMENT", "to": "PARTNER", "dated": datetime.now(UTC).date(), "language": language, **edition,
    }  # fmt: skip
