"""The case and the page that signs, rendered from a story of the domain: no server, no database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accord.client.sight import Sight
from accord.console.deciding.oath import told_of
from accord.console.deciding.prepared import Waiting
from accord.console.pages.partnership import case_of
from accord.console.pages.templates import TEMPLATES
from accord.console.pages.times import Times
from accord.console.serving.keys import Passkeys
from accord.presentation.shown_accounts import ShownAccount
from accord.presentation.words.values import NamesInWords
from domain.directory.directory import Directory, HeldKey
from domain.directory.people import StaffMember
from domain.partnership import commands as c
from domain.plans import ReportKind
from domain.recorded.event import RecordedEvent
from domain.signatures.signing import PublicKey
from tests.builders import HOUSE_RULES, STAFF, funds_out, measured
from tests.domain.partnership import specification as s

STAFF_NAMES = {staff_id: staff_id.replace(".", " ").title() for staff_id in (*STAFF, "noor.haddad")}
DIRECTORY = Directory(
    staff=tuple(StaffMember(staff_id=one, name=name, roles=(STAFF.get(one, STAFF["vera.lind"]),))
                for one, name in STAFF_NAMES.items()),
    rules=HOUSE_RULES,
    keys=tuple(HeldKey(staff_id=one, key=PublicKey(ed25519="A" * 43 + "=")) for one in STAFF_NAMES),
)  # fmt: skip
NAMES = NamesInWords(DIRECTORY)


class Settings:
    """As much of the settings as the page that signs shows."""

    origin, signing_origin, relying_party = "https://desk.example", "https://sign.example", "sign.example"


def going_on() -> s.Story:
    """A partnership with two payments of which one is paid, a report, a refund and two holds."""
    story = s.paid(**measured(), funds_out=funds_out("5000.00", "2000.00"))
    return story.given(
        s.report(kind=ReportKind.PROGRESS, figures=s.accounted("4000.00", "1000.00")),
        s.refund("100.00", detail="2 of 3"),
        c.PlaceHold(**s._common("vera.lind"), reason="A newspaper names the donor"),
    )


AROUND: dict[str, Any] = {"reader": "", "badge": None, "home": "https://desk.example", "path": "/", "here": ""}


def signing_page(command: Any, story: s.Story, account: ShownAccount | None = None) -> str:
    """The page that signs, as the signing origin renders it."""
    sight = Sight(story.partnership, 400)
    statement = command.statement(s.REFERENCE, s.shown(story.partnership))
    waiting = Waiting(partnership_id=s.REFERENCE, command=command, statement=statement)
    context = {
        **told_of(waiting, sight, recorded(story), NAMES, account), "waiting": waiting, "known": True, "shell": "",
        "leave": s.REFERENCE, "changed": None, "newer": 0, "digest": statement.digest, "keys": Passkeys([], []),
        "challenge": "",
        "settings": Settings,
    }  # fmt: skip
    return TEMPLATES.get_template("sign.html").render({**AROUND, **context})


def recorded(story: s.Story) -> list[RecordedEvent]:
    return [
        RecordedEvent.model_construct(
            version=version, position=300 + version, command_id=UUID(int=version), event=event
        )
        for version, event in enumerate(story.history, 1)
    ]


def case_page(story: s.Story, reader: str = "femi.ade") -> str:
    """The partnership's page, as a reader of the console sees it."""
    facts = case_of(Sight(story.partnership, 400), recorded(story), NAMES, {}, reader)
    context = {**facts, "times": Times(), "account": None, "told": [], "workflow": ""}
    return TEMPLATES.get_template("partnership.html").render({**AROUND, **context})
