"""The page of operations says what is wrong, since when, and who mends it. Commands are for the operator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.pages.operations import operations
from accord.operations.health import InstallationStatus
from accord.presentation.words.organisation.troubles import LISTS, WORDS, TroubleKind
from domain.partnership import events as e
from domain.payment.recalls import RecallAnswer
from records.read_models.projectors import ALL
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.builders import ACCOUNT, DIGEST, proposal
from tests.lives import until_shown

Visit = Callable[[str], Any]
WELL = InstallationStatus(7, {}, [], [], [], [], [], [], [], 0, [])


@pytest.fixture
def ill(monkeypatch: pytest.MonkeyPatch) -> Callable[[InstallationStatus], None]:
    """Let the page find an installation in this state."""

    def found(status: InstallationStatus) -> None:
        async def installation_status(_: object) -> InstallationStatus:
            return status

        monkeypatch.setattr(operations, "installation_status", installation_status)

    return found


def with_everything(reference: str, *more: str) -> InstallationStatus:
    payment = f"partnership/{reference}/tranche/1/attempt/1"
    return WELL._replace(
        missing=[reference, *more], ahead=[reference], paused=[payment], unknown=["refresh/irs-bmf"],
        stopped=[reference], unjudged=[1], ageing=["irs-bmf (after 2026-11-20)", "irs-pub78 (after 2099-12-31)"],
        tables=["exception EX-0123456789: nobody raised it"], exceptions=2,
        rates="the newest reference rates are of 2026-11-20, 4 days of publication are missing",
    )  # fmt: skip


def in_the_open(page: str) -> str:
    """What a page shows before anything is opened."""
    body = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"<details.*?</details>", "", body, flags=re.DOTALL)


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.slow
async def test_each_trouble_is_said_with_since_when_and_who_mends_it_and_no_command_is_in_the_open(
    visit: Visit, desk: Desk, reference: str, ill: Any
) -> None:
    """Given everything that can be wrong, then each is a sentence, and commands are for the operator."""
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    ill(with_everything(reference))
    page = (await (await visit("otto.audit")).get("/operations")).text
    shown = in_the_open(page)
    words = said(shown)
    for kind in set(TroubleKind) - {TroubleKind.BEHIND, TroubleKind.RECALLS}:
        assert WORDS[kind].what in words
        assert f"Who mends it. {WORDS[kind].who}" in words
    assert ("<code" in shown, "accord " in words.replace("Accord", ""), "EX-0123456789" in shown) == (False,) * 3
    assert words.count("nothing was recorded of it since") == 3
    assert "too old since 20 Nov" in words
    assert "usable until 31 Dec 2099" in words
    assert re.search(r"Entry 1 recorded 1?\d", words)
    assert f"accord revive {reference}" in page
    assert page.count("For the operator") == 8


async def test_a_long_list_names_twenty_and_counts_the_rest(visit: Visit, ill: Any, reference: str) -> None:
    ill(WELL._replace(missing=[f"P-2026-9{number:03}" for number in range(25)]))
    words = said((await (await visit("otto.audit")).get("/operations")).text)
    assert ("P-2026-9019" in words, "P-2026-9020" in words, "and 5 more" in words) == (True, False, True)


async def test_where_nothing_is_wrong_the_page_says_so(visit: Visit, ill: Any) -> None:
    ill(WELL)
    words = said((await (await visit("otto.audit")).get("/operations")).text)
    assert ("Nothing is wrong" in words, "7 events in the ledger" in words) == (True, True)


async def test_lists_that_are_just_being_brought_up_to_date_are_no_trouble(visit: Visit, ill: Any) -> None:
    ill(WELL._replace(behind={"partnerships": 1}))
    assert "Nothing is wrong" in (await (await visit("otto.audit")).get("/operations")).text


def test_every_list_that_can_be_old_has_words() -> None:
    assert LISTS.keys() == {projection.name for projection in ALL}


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_everything_is_wrong(
    at_a_browser: Any, visit: Visit, desk: Desk, reference: str, ill: Any, scheme: str, office_pool: asyncpg.Pool
) -> None:
    await waiting_for_approval(desk, reference)
    await until_shown(desk)
    ill(with_everything(reference))
    person = await at_a_browser("otto.audit", color_scheme=scheme, viewport={"width": 320, "height": 700})
    await person.begin(await visit("otto.audit"))
    await person.page.goto(f"{person.settings.origin}/operations")
    assert await faults_of(person.page) == []
    assert await person.page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.slow
async def test_a_recall_that_is_late_is_named_with_its_day_and_its_person(
    visit: Visit, desk: Desk, reference: str, ill: Any
) -> None:
    scribe = await paying.agreed(desk, proposal(reference), ACCOUNT)
    await scribe.says(
        e.PaymentRecalled, "paul.nkosi", tranche=1, attempt=1, reason="a wrong account", responsible="femi.ade",
        due=date(2026, 11, 3),
    )  # fmt: skip
    await until_shown(desk)
    ill(WELL)
    words = said((await (await visit("otto.audit")).get("/operations")).text)
    assert WORDS[TroubleKind.RECALLS].what in words
    assert ("which Femi Ade follows up" in words, "due 3 Nov" in words) == (True, True)
    content = {"answer": RecallAnswer.REFUSED, "reason": "their letter", "document_sha256": DIGEST}
    await scribe.says(e.RecallAnswered, "paul.nkosi", tranche=1, attempt=1, due=date(2026, 11, 17), **content)
    await until_shown(desk)
    assert "Nothing is wrong" in (await (await visit("otto.audit")).get("/operations")).text
