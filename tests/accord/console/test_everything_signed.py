"""Everything that a signature covers is said on the page that signs, and can be read on the partnership's page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings

from accord.console.deciding.oath import told_of
from accord.console.deciding.prepared import Waiting
from accord.console.pages.templates import TEMPLATES
from accord.console.serving.keys import Passkeys
from accord.presentation.words.codes import CODES
from accord.presentation.words.days import whole_time_in_words
from accord.presentation.words.facts import without_rule
from accord.presentation.words.values import country_in_words, number_in_words, region_in_words, sum_in_words
from domain.partnership import commands as c
from domain.partnership.evolution import evolve
from domain.partnership.procedure import PROCEDURE
from domain.partnership.state import Partnership
from domain.partnership.submission.taking_over import TakingOver
from domain.recorded.proofs import content_of
from tests.accord.console.rendering import AROUND, NAMES, STAFF_NAMES, Settings, case_page, going_on, signing_page
from tests.budgets import budgeted, milestone
from tests.builders import ACCOUNT, DIGEST, funding, funds_out, party, proposal
from tests.domain.partnership import specification as s
from tests.domain.policy.newer.drawn import Drawn, drawn_proposals

MONEY = {"amount": Decimal("1250.50"), "currency": "USD"}
HANDED_IN = {
    "sha256": DIGEST, "number": 7, "seal": 4711, "at": "2026-11-02T12:00:00Z", "edition": "ed" * 32,
    "outage": "The database was away from nine to eleven",
}  # fmt: skip


def every_act() -> Iterator[c.StaffCommand]:
    """Each act of the procedure, with every field of its content filled in."""
    subrecipient = {"party": party("Upland Coders", ein=None, country="KE"), "purpose": "Courses in two schools"}
    content: dict[type[c.StaffCommand], dict[str, Any]] = {
        c.Propose: {
            "proposal": proposal(
                s.REFERENCE, title="Another plan for the libraries",
                **budgeted(milestones=[milestone(holds=[1], evidence="Photographs of the mast", barrier=True)]),
            )
        },
        c.Amend: {"proposal": proposal(s.REFERENCE, funds_out=funds_out("70.00", "50.25")), "reason": "It costs more"},
        c.Approve: {"reason": "Fits the programme", "document_sha256": DIGEST, "no_interest": True},
        c.ClearQuestions: {
            "questions": ("ELIG-NAME: it is named as an officer",), "reason": "It was renamed",
            "document_sha256": DIGEST, "no_interest": True,
        },
        c.ReturnForInformation: {"question": "Which community is served?"},
        c.SignAgreement: {"signed_on": date(2026, 11, 2), "document_sha256": DIGEST, "account": ACCOUNT},
        c.Release: {"tranche": 2, "attempt": 1},
        c.CancelPayment: {"tranche": 2, "attempt": 1, "reason": "The grantee asked to wait"},
        c.RecallPayment: {"tranche": 2, "attempt": 1, "reason": "A wrong account", "responsible": "femi.ade"},
        c.AnswerRecall: {
            "tranche": 2, "attempt": 1, "answer": "REFUSED", "reason": "Their letter", "document_sha256": DIGEST,
        },
        c.AgreeRest: {"tranche": 2, "remainder": MONEY, "reason": "The bank sent a part alone"},
        c.GiveUpRest: {"tranche": 2, "remainder": MONEY, "reason": "They need no more"},
        c.WaiveRecovery: {"money": MONEY, "reason": "The next grant is smaller"},
        c.Report: {
            "summary": "Eleven courses were held", "document_sha256": DIGEST, "report_kind": "FINANCIAL", "planned": 1,
            "figures": {
                "currency": "USD", "spent": "4100.25", "unspent": "799.75", "returned": "99", "period": 2,
                "not_arrived": "1.00",
                "lines": [{"line": 7, "spent": "4099.75", "local": "532967.50", "reason": "The bridge was closed"}],
                "abroad": {
                    "currency": "KES", "rate": "129.99", "arrived_on": "2026-02-03", "difference": "0.50",
                    "reason": "The bank took a fee",
                },
            },
            "milestones": (
                {
                    "milestone": 4, "state": "LATE", "words": "The river rose", "papers": [DIGEST],
                    "due_on": "2027-05-06",
                },
            ),
            "results": ({"indicator": 1, "achieved": "231", "words": "Two dropped out"},), "corrects": 1,
        },
        c.AcceptReport: {
            "report": 1, "reason": "Agrees with the bank statement",
            "disallowed": ({"category": "Hotels", "amount": "12.75"},), "shortfall": "A bank took it on the way",
        },
        c.ReturnReport: {"report": 1, "reason": "The second course is missing"},
        c.RecordRefund: {
            "direction": "FROM_GRANTEE", "money": MONEY, "booked_on": date(2026, 11, 20), "bank_reference": "NTRF-10",
            "detail": "1 of 2", "account": "BA-OURS-2", "reason": "It was not spent", "document_sha256": DIGEST,
        },
        c.ConfirmRefund: {"bank_reference": "BANK-R1", "detail": "2 of 3", "reason": "It is on the statement"},
        c.WithdrawRefund: {"bank_reference": "BANK-R1", "detail": "2 of 3", "reason": "It was another sum"},
        c.Satisfy: {"condition": "CONTROL_AND_RECORDS", "note": "The pack is filed", "document_sha256": DIGEST},
        c.PlaceHold: {"reason": "The registry is silent", "leg": "FUNDS_OUT", "whole_agreement": True},
        c.LiftHold: {"reason": "The registry answered", "holds": (going_on().partnership.holds[0].number,)},
        c.EndLeg: {"leg": "FUNDS_IN", "reason": "The donor withdrew"},
        c.DeclareInterest: {"interest": {"person": "ana.silva", "what": "Her spouse is on the board"}},
        c.IssueLetter: {
            "letter": "REPORT_RETURNED", "about": 1, "note": "The second course is missing", "to": "PAYEE",
            "dated": date(2026, 11, 30), "language": "es", "edition_name": "report-returned", "edition": "2026.1",
            "edition_sha256": "e1" * 32, "facts_sha256": "f2" * 32, "pdf_sha256": "d3" * 32, "code_sha256": "c4" * 32,
        },
        c.InviteGrantee: {
            "form": "REPORT", "contact": 1, "about": "1", "note": "Say what was bought", "edition_sha256": DIGEST,
            "language": "es", "until": date(2027, 3, 1),
        },
        c.EndInvitation: {"invitation": 1, "reason": "She left the organisation"},
        c.ReturnSubmission: {
            "submission": HANDED_IN,
            "reason": "The figures lack May",
            "questions": ({"field": "budget", "question": "What was bought in May?"},),
        },
        c.Comment: {"text": "Their auditor writes in March"},
        c.Assign: {"to": "ana.silva"},
        c.ReportSubrecipients: {"subrecipients": (subrecipient,)},
        c.ReportDiversion: {"what": "A car was bought", "money": MONEY},
        c.RecordAssurance: {
            "what": "Two now sign", "document_sha256": DIGEST, "diverted": MONEY,
            "restored": {"amount": "250.00", "currency": "USD"}, "bank_reference": "NTRF-11",
            "precautions": "A firm of auditors looks at each payment",
        },
    }  # fmt: skip
    for act in PROCEDURE:
        fields = content.get(act, {"reason": f"The reason to {PROCEDURE[act].name}"})
        fields |= {"submission": HANDED_IN} if issubclass(act, TakingOver) else {}
        yield act(command_id=UUID(int=7), at=datetime(2026, 11, 30, 9, tzinfo=UTC), actor="femi.ade", **fields)


ACTS = {PROCEDURE[type(command)].name: command for command in every_act()}


def leaves(content: Any, beside: dict[str, Any] | None = None) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield each value of a signed content that says something, with the fields that stand beside it."""
    match content:
        case dict():
            for value in content.values():
                yield from leaves(value, content)
        case list():
            for value in content:
                yield from leaves(value, beside)
        case None | "":
            pass
        case _:
            yield content, beside or {}


def spellings(value: Any, beside: dict[str, Any]) -> set[str]:
    """The ways in which a page may say a value of a signed content."""
    text = str(value)
    ways = {"yes" if value else "no", "You say that you have none"} if isinstance(value, bool) else {text}
    ways |= {words[text] for words in CODES.values() if text in words}
    ways |= {STAFF_NAMES.get(text, text), country_in_words(text), region_in_words(text), without_rule(text)}
    ways |= {" ".join(text[at : at + 4] for at in range(0, 64, 4)), f"{text[:2]}-{text[2:]}"}
    ways |= {text.replace("_", " ").lower()} if text.isupper() else set()
    ways |= {"not known"} if text == "NOT_KNOWN" else set()
    ways |= {"by Vera Lind: A newspaper names the donor"} if isinstance(value, int) else set()
    try:
        number, currency = Decimal(text), beside.get("currency", "USD")
        ways |= {number_in_words(number), sum_in_words(number, "KES" if "local" in beside else currency)}
        ways |= {sum_in_words(number, currency)}
    except (InvalidOperation, ValueError):
        pass
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        day = date.fromisoformat(text)
        ways.add(f"{day.day} {day:%b %Y}")
    if re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]+Z", text):
        ways.add(whole_time_in_words(datetime.fromisoformat(text)))
    return ways


def text_of(page: str) -> str:
    """The words of a page, also those behind a disclosure, without its marks."""
    body = re.sub(r"<(script|style|svg|template)\b.*?</\1>", "", page[page.index("<main") :], flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def unsaid(content: Any, page: str) -> list[Any]:
    """The values of a signed content that a page does not say."""
    words = text_of(page)
    return [
        value for value, beside in leaves(content) if not any(_is_in(way, words) for way in spellings(value, beside))
    ]


def _is_in(way: str, words: str) -> bool:
    plain = re.escape(" ".join(way.split()))
    return bool(plain) and re.search(rf"(?<!\w){plain}(?!\w)", words) is not None


def having(story: s.Story, command: c.StaffCommand) -> tuple[s.Story, Any]:
    """The story with an act recorded, and the event that records it."""
    kind = next(iter(PROCEDURE[type(command)].records))
    common = {name: getattr(command, name) for name in kind.model_fields.keys() & type(command).model_fields.keys()}
    follows = {"funding": funding(), "changes": (), "role": "FINANCE_APPROVER", "money": MONEY, "attempt_signed": True}
    follows["due"] = date(2026, 12, 14)
    extra = {name: value for name, value in follows.items() if name in kind.model_fields and name not in common}
    if isinstance(command, c.Approve):
        extra |= {"document_sha256": command.document_sha256} if "document_sha256" in kind.model_fields else {}
    event: Any = kind(**{**common, **extra, "signature": s.signed(story.partnership, command).signature})
    return s.Story(reduce(evolve, [event], story.partnership), (*story.history, event)), event


@pytest.mark.sampled(16)
@pytest.mark.parametrize("act", ACTS)
def test_the_page_that_signs_says_every_field_that_the_signature_covers(act: str) -> None:
    """Given an act with every field filled in, then its page that signs says each, and each term that it binds."""
    command, story = ACTS[act], going_on()
    page, statement = signing_page(command, story), command.statement(s.REFERENCE, s.shown(story.partnership))
    assert unsaid(command.content(), page) == []
    signed = statement.model_dump(mode="json", exclude={"form", "act", "at"})
    assert unsaid(signed, page) == []
    assert f"{statement.at:%Y-%m-%d %H:%M:%S}" in page


@pytest.mark.sampled(8)
@pytest.mark.parametrize("act", ACTS)
def test_what_was_signed_can_be_read_on_the_partnerships_page(act: str) -> None:
    """Given an act that was recorded, then the partnership's page says each field that its signature covers."""
    story, event = having(going_on(), ACTS[act])
    assert unsaid(content_of(event), case_page(story)) == []


def test_every_act_of_the_procedure_is_compared() -> None:
    """Given the procedure, then each act is among those compared, and no field of its content is left empty."""
    empty = {
        (act, name)
        for act, command in ACTS.items()
        for name, value in command.content().items()
        if value in (None, "", [], False)
    }
    assert (set(ACTS), empty) == ({step.name for step in PROCEDURE.values()}, set())


@pytest.mark.slow
@settings(max_examples=25, database=None, derandomize=True)
@given(drawn_proposals())
def test_whatever_is_proposed_can_be_read(drawn: Drawn) -> None:
    """Given a proposal drawn with any of its fields, then both pages say every value of it."""
    made = drawn.proposal
    assert made is not None
    begun = s.Story(Partnership(partnership_id=made.reference))
    command = c.Propose(
        command_id=UUID(int=7), at=datetime(2026, 11, 30, 9, tzinfo=UTC), actor="pia.berg", proposal=made
    )
    story, _ = having(begun, command)
    statement = command.statement(made.reference, None)
    waiting = Waiting(partnership_id=made.reference, command=command, statement=statement)
    context = {
        **told_of(waiting, None, (), NAMES, None), "waiting": waiting, "known": False, "shell": "", "changed": None,
        "newer": 0, "leave": "", "digest": statement.digest, "keys": Passkeys([], []),
        "challenge": "", "settings": Settings,
    }  # fmt: skip
    content = made.model_dump(mode="json")
    assert unsaid(content, TEMPLATES.get_template("sign.html").render({**AROUND, **context})) == []
    assert unsaid(content, case_page(story)) == []


def test_a_value_that_is_not_on_the_page_is_found() -> None:
    """Given a page without the reason that is signed, then the comparison names it."""
    page = signing_page(ACTS["decline"], going_on())
    assert unsaid({"reason": "Another reason"}, page) == ["Another reason"]


FOLDED = re.compile(r"<details(?! [^>]*open)[^>]*>.*?</details>", re.S)
SHOUTED = re.compile(r"\b[A-Z][A-Z0-9]+(?:[_-][A-Z0-9]+)+\b|\b[0-9a-f]{16,}\b|\B--[a-z]+|\b[a-z]+_[a-z_]+\b")
OURS = re.compile(r"KE-NCB|P-2026-\d{4}|BANK-R1|NTRF-\d+|BA-[A-Z-]+\w*|EK-\w+")
"""Names that people know: of registers, partnerships and accounts, and the bank's own references."""


def open_words(page: str) -> str:
    """The words of a page without those behind a disclosure, the innermost first."""
    while FOLDED.search(page):
        inner = re.sub(r"<details(?! [^>]*open)[^>]*>(?:(?!<details).)*?</details>", "", page, flags=re.S)
        if inner == page:
            break
        page = inner
    return text_of(page)


@pytest.mark.sampled(8)
@pytest.mark.parametrize("act", ACTS)
def test_no_code_stands_outside_of_a_disclosure(act: str) -> None:
    """Given any act, then neither page says a code, a field, an option of the shell, or a digest before one asks."""
    story, event = having(going_on(), ACTS[act])
    for page in (signing_page(ACTS[act], going_on()), case_page(story)):
        words = OURS.sub("", open_words(page))
        assert SHOUTED.findall(words) == []
        assert event.event_type not in words
