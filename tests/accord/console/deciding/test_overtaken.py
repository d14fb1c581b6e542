"""What closed meanwhile comes back to the page it was asked on: with what was typed, who did what, and what is next."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.proposing.drafting import author

Visit = Callable[[str], Any]
TYPED = "It fits <the programme>, and is within the budget"


def said(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def refused_in(page: str) -> str:
    """What a page says was not recorded, and why."""
    note = page.partition('id="refused"')[2] or page.partition('id="faults"')[2]
    return " ".join(re.sub(r"<[^>]+>", " ", note.partition("</div></div>")[0].partition("</div>\n")[0]).split())


async def version_of(desk: Desk, reference: str) -> str:
    return str((await desk.known_sight(reference)).version)


async def test_an_act_that_closed_meanwhile_comes_back_to_the_case(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a case that somebody put on hold, when an old page's button is pressed, then the case says so, and who."""
    await waiting_for_approval(desk, reference)
    await desk.decide(await desk.known_sight(reference), c.PlaceHold, "vera.lind", reason="A newspaper names them")
    answer = await (await visit("femi.ade")).get(f"/{reference}/approve")
    assert answer.status_code == 422
    assert "That did not work" not in answer.text
    assert "What it is for" in answer.text, "the case itself"
    words = refused_in(answer.text)
    assert "Approve is not open now" in words
    assert re.search(r"Vera Lind put it on hold, (today|\d)", words)
    assert "Next: lift the hold" in words


@pytest.mark.slow
async def test_a_form_that_was_overtaken_keeps_what_was_typed_and_says_who_did_what(
    visit: Visit, desk: Desk, reference: str
) -> None:
    """Given a form of before, when it is sent after somebody commented, then it comes back whole, with their deed."""
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("femi.ade")
    version = await version_of(desk, reference)
    await desk.decide(await desk.known_sight(reference), c.Comment, "otto.audit", text="Their auditor writes in March")
    answer = await visitor.post(f"/{reference}/approve", {"version": version, "reason": TYPED, "no_interest": "yes"})
    assert answer.status_code == 422
    assert "It fits &lt;the programme&gt;" in answer.text
    words = refused_in(answer.text)
    assert re.search(r"Otto Marsh (commented|wrote)[^.]*, (today|\d)", words)
    assert "read it, then continue" in words
    again = re.search(r'name="version" value="(\d+)"', answer.text)
    assert again
    sent = await visitor.post(f"/{reference}/approve", {"version": again[1], "reason": TYPED, "no_interest": "yes"})
    assert sent.status_code == 303


@pytest.mark.slow
async def test_a_form_whose_act_closed_keeps_what_was_typed_and_leads_to_what_can_be_done(
    visit: Visit, desk: Desk, reference: str
) -> None:
    """Given a form of before, when it is sent after its act closed, then it says who closed it, and what is next."""
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("femi.ade")
    version = await version_of(desk, reference)
    await desk.decide(await desk.known_sight(reference), c.PlaceHold, "vera.lind", reason="A newspaper names them")
    answer = await visitor.post(f"/{reference}/approve", {"version": version, "reason": TYPED, "no_interest": "yes"})
    assert (answer.status_code, "It fits &lt;the programme&gt;" in answer.text) == (422, True)
    words = refused_in(answer.text)
    assert "Vera Lind put it on hold" in words
    assert "Next: lift the hold" in words
    assert "Opens once the hold is lifted" in words
    assert (await desk.known_partnership(reference)).approvals == ()


@pytest.mark.slow
async def test_a_comment_that_was_overtaken_comes_back_into_its_box(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a comment on the page of a case, when somebody acted meanwhile, then it stands in its box again."""
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("femi.ade")
    page = (await visitor.get(f"/{reference}")).text
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition('id="talk"')[2]))
    await desk.decide(await desk.known_sight(reference), c.Assign, "pia.berg", to="ana.silva")
    answer = await visitor.post(f"/{reference}/comment", {**sent, "text": TYPED})
    assert answer.status_code == 422
    assert re.search(r"<textarea id=\"text\"[^>]*>It fits &lt;the programme&gt;", answer.text)
    assert "What it is for" in answer.text, "the case itself"
    assert "Pia Berg" in refused_in(answer.text)


@pytest.mark.slow
async def test_a_change_that_closed_meanwhile_comes_back_to_the_case(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a proposal that was declined, when an old page asks to change it, then the case says who declined it."""
    await waiting_for_approval(desk, reference)
    await desk.decide(await desk.known_sight(reference), c.Decline, "ana.silva", reason="Beyond the programme")
    answer = await (await author(visit)).post("/propose", {"amends": reference})
    assert (answer.status_code, "That did not work" in answer.text) == (422, False)
    assert re.search("Ana Silva declined it", refused_in(answer.text))
    assert "What it is for" in answer.text


async def test_a_button_whose_matter_is_settled_comes_back_to_its_page(visit: Visit) -> None:
    """Given a change of the directory that waits no more, when its button is pressed, then the people are shown."""
    visitor = await visit("mira.sato")
    answer = await visitor.post(f"/directory/changes/{uuid4()}", {}, Referer=f"{visitor.settings.origin}/people")
    assert answer.status_code == 422
    assert "That did not work" not in answer.text
    assert refused_in(answer.text)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/{reference}/approve", "/{reference}/release", "/{reference}/sign-agreement"])
async def test_no_refusal_of_an_act_is_a_page_of_its_own(visit: Visit, desk: Desk, reference: str, path: str) -> None:
    """Given an act that was never open to who asks, then the case says whose it is."""
    await waiting_for_approval(desk, reference)
    answer = await (await visit("otto.audit")).get(path.format(reference=reference))
    assert (answer.status_code, "What it is for" in answer.text, "That did not work" in answer.text) == (
        422,
        True,
        False,
    )
