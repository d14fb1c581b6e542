"""A proposal is made in steps: its draft is its author's alone, and the rules are asked before anything is recorded."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.deciding.prepared import Prepared
from accord.console.proposing import parties
from accord.console.proposing.content import SCHEMA
from accord.console.proposing.drafts import BESIDE, COOKIE, Draft, Drafts
from accord.console.proposing.pages import PAGES
from accord.presentation import form_content, forms
from accord.presentation.faults import BadInput
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.proposal import Proposal
from tests.accord.console.deciding.test_bulk import key_of
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.proposing.drafting import FIRST, SECOND, THIRD, Visit, author, begun, complete, press
from tests.builders import funds_out, party, proposal
from tests.governing import hire
from tests.lives import Life, until_shown


@pytest.mark.slow
async def test_the_rules_are_asked_beside_the_form_and_nothing_is_recorded(
    visit: Visit, desk: Desk, reference: str
) -> None:
    visitor = await author(visit)
    before = await desk.ledger.head()
    draft = await complete(visitor)
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert "rules have nothing against it" in shown
    assert "Continue to signing" in shown
    company = await press(visitor, draft, 1, "go 5", **{**FIRST, "partner.kind": "PRIVATE_COMPANY"})
    assert "ELIG-NONPROFIT" in company.text, "behind a disclosure, with its source"
    assert await desk.ledger.head() == before


async def test_what_is_missing_is_named_by_its_field_and_what_was_typed_stays(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    await press(visitor, draft, 1, "go 2", **{**FIRST, "partner.country": "Atlantis"})
    refused = await press(visitor, draft, 1, "sign", **{**FIRST, "partner.country": "Atlantis"})
    assert refused.status_code == 422
    assert '#partner-country">Country of the partner</a>: write the name of a country' in refused.text
    assert 'value="Atlantis"' in refused.text
    assert refused.text.count('aria-invalid="true"') >= 1
    assert "Nothing was recorded" in refused.text


@pytest.mark.slow
async def test_a_draft_is_opened_where_something_is_missing_or_to_check_it(visit: Visit) -> None:
    """Given drafts in the list, when one is opened again, then it goes on where it stopped, or asks to check it."""
    visitor = await author(visit)
    begun_draft = await begun(visitor)
    await press(visitor, begun_draft, 1, "save", **FIRST)
    await press(visitor, begun_draft, 2, "save", **SECOND)
    finished = await complete(visitor, reference="P-2026-4243")
    listed = (await visitor.get("/propose")).text
    assert f'href="{begun_draft}?step=on"' in listed
    assert 'name="step" value="1"' in (await visitor.get(f"{begun_draft}?step=1")).text
    shown = (await visitor.get(f"{begun_draft}?step=on")).text
    assert 'name="step" value="3"' in shown
    assert 'name="step" value="5"' in (await visitor.get(f"{finished}?step=on")).text


@pytest.mark.slow
async def test_what_is_signed_is_what_was_typed(visit: Visit, console_pool: asyncpg.Pool) -> None:
    visitor = await author(visit)
    draft = await complete(visitor)
    summary = {"on": "is:summary", "is:summary": "yes"}
    await press(visitor, draft, 4, "save", **summary)
    await press(visitor, draft, 4, "save", summary="Courses\r\nfor all")
    answer = await visitor.post(draft, {"step": "5", "do": "sign"})
    assert answer.headers["location"].startswith(visitor.settings.signing_origin), answer.text
    waiting = await Prepared(console_pool).at(answer.headers["location"].rpartition("/")[2])
    assert waiting is not None
    command = waiting.command
    assert isinstance(command, c.Propose)
    made = command.proposal
    assert (made.reference, str(made.money), made.summary) == ("P-2026-4242", "USD 5,000.00", "Courses\nfor all")
    assert made.funds_out is not None
    assert (made.funds_out.payee, made.funds_out.final_report) == (made.partner, True)
    assert waiting.statement == command.statement(made.reference).within(waiting.statement.log)


@pytest.mark.slow
async def test_a_draft_that_was_signed_is_a_draft_no_more(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a draft that stands as it was signed, then the list has it no more, and its address leads to the case."""
    visitor = await author(visit)
    draft = await complete(visitor, reference=reference)
    other = await complete(visitor, reference=reference, title="Another title")
    answer = await visitor.post(draft, {"step": "5", "do": "sign"})
    waiting = await Prepared(desk.pool).at(answer.headers["location"].rpartition("/")[2])
    assert waiting is not None
    command = waiting.command
    assert isinstance(command, c.Propose)
    await desk.propose(command.proposal, "pia.berg")
    opened = await visitor.get(draft)
    assert (opened.status_code, opened.headers["location"]) == (303, f"/{reference}")
    listed = (await visitor.get("/propose")).text
    assert (draft in listed, other in listed) == (False, True)


@pytest.mark.slow
async def test_a_draft_that_was_signed_and_changed_since_is_a_draft_no_more(
    visit: Visit, desk: Desk, reference: str
) -> None:
    """Given a draft that was signed, when its proposal was changed since by somebody, then it is gone too."""
    visitor = await author(visit)
    draft = await complete(visitor, reference=reference)
    answer = await visitor.post(draft, {"step": "5", "do": "sign"})
    waiting = await Prepared(desk.pool).at(answer.headers["location"].rpartition("/")[2])
    assert waiting is not None
    command = waiting.command
    assert isinstance(command, c.Propose)
    life = Life(desk, reference)
    await desk.propose(command.proposal, "pia.berg")
    await life.until(lambda known: known.stage is Stage.APPROVAL)
    changed = command.proposal.model_copy(update={"title": "Another title"})
    await life.do(c.Amend, "pia.berg", proposal=changed, reason="a better title")
    assert draft not in (await visitor.get("/propose")).text
    back = await begun(visitor, amends=reference)
    await press(visitor, back, 1, "save", title=command.proposal.title)
    assert back in (await visitor.get("/propose")).text, "to go back to what stood before is a change"


@pytest.mark.slow
async def test_who_has_no_passkey_is_told_before_they_write(visit: Visit, desk: Desk) -> None:
    """Given a proposer without a passkey, then the page on which they begin says so, with the way to one."""
    await hire(desk, "new.writer", Role.PROPOSER)
    visitor = await visit("new.writer")
    way = f'href="{visitor.settings.signing_origin}/enrol/new.writer"'
    assert way in (await visitor.get("/propose")).text
    await key_of(desk, visitor.settings, "new.writer")
    assert way not in (await visitor.get("/propose")).text


@pytest.mark.slow
async def test_a_draft_of_a_change_that_was_just_begun_stays(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a draft that is what stands, since nobody changed it yet, then it is still there."""
    await waiting_for_approval(desk, reference)
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    assert (await visitor.get(draft)).status_code == 200
    assert draft in (await visitor.get("/propose")).text


@pytest.mark.slow
async def test_a_number_that_is_none_is_named_by_its_question(visit: Visit) -> None:
    """Given words where a number is asked for, then what is missing bears the question's words, not the model's."""
    visitor = await author(visit)
    draft = await complete(visitor)
    typed = {**THIRD, "public_interest.community.number": "about 300"}
    shown = (await press(visitor, draft, 3, "go 4", **typed)).text
    assert "#public_interest-community-number" in shown
    assert "onstrained" not in shown


@pytest.mark.slow
async def test_who_leaves_the_page_that_signs_comes_back_to_the_draft(visit: Visit, desk: Desk) -> None:
    visitor = await author(visit)
    await key_of(desk, visitor.settings, "pia.berg")
    draft = await complete(visitor)
    answer = await visitor.post(draft, {"step": "5", "do": "sign"})
    shown = (await visitor.asking.get(answer.headers["location"])).text
    [way_back] = re.findall(r'href="([^"]+)">Go back without signing</a>', shown)
    assert way_back == f"{visitor.settings.origin}{draft}?step=check"
    assert "P-2026-4242" in (await visitor.get(way_back.removeprefix(visitor.settings.origin))).text


@pytest.mark.slow
async def test_a_party_that_is_known_is_taken_and_not_typed_twice(visit: Visit, desk: Desk, reference: str) -> None:
    known = party("Lakeside Reading Rooms Trust", ein="001000002", also_known_as=["Reading Rooms"])
    await desk.propose(proposal(reference, partner=known, funds_out=funds_out(payee=known)), "pia.berg")
    await until_shown(desk)
    visitor = await author(visit)
    draft = await begun(visitor)
    for wanted in ("00-1000002", "lakeside read"):
        found = await press(visitor, draft, 1, "find partner", **{"find:partner": wanted})
        assert 'value="Lakeside Reading Rooms Trust"' in found.text
        assert 'value="Reading Rooms"' in found.text
    nobody = await press(visitor, draft, 1, "find partner", **{"find:partner": "nobody of that name"})
    assert (nobody.status_code, "no party of a partnership is known by" in nobody.text) == (422, True)


@pytest.mark.slow
async def test_a_known_party_is_looked_for_beyond_a_page_of_partnerships_and_no_further_than_said(
    visit: Visit, desk: Desk, new_reference: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given three partnerships with a word in common, when two may be looked at, then it says so, and else finds it."""
    references = [new_reference() for _ in range(3)]
    for number, reference in enumerate(references):
        known = party(f"Marshland {number} Orchard Trust", ein="001000002")
        await desk.propose(proposal(reference, partner=known, funds_out=funds_out(payee=known)), "pia.berg")
        await Life(desk, reference).until_quiet()
    await until_shown(desk)
    visitor = await author(visit)
    draft = await begun(visitor)
    monkeypatch.setattr(parties, "MOST_FOUND", 3)
    found = await press(visitor, draft, 1, "find partner", **{"find:partner": "marshland"})
    assert 'value="Marshland 2 Orchard Trust"' in found.text
    monkeypatch.setattr(parties, "MOST_FOUND", 2)
    many = await press(visitor, draft, 1, "find partner", **{"find:partner": "marshland"})
    assert (many.status_code, "is in more than 2 partnerships; write more of the name" in many.text) == (422, True)


@pytest.mark.slow
async def test_a_draft_is_opened_by_its_author_in_its_browser_alone(visit: Visit, office_pool: asyncpg.Pool) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    await press(visitor, draft, 1, "save", **FIRST)
    assert "Riverbend" in (await visitor.get(draft)).text
    for other in (
        await author(visit, held=f"; {COOKIE}=another-browser"), await author(visit, held=""),
        await author(visit, "ana.silva"),
    ):  # fmt: skip
        assert (await other.get(draft)).status_code == 404
        assert (await other.post(draft, {"step": "1", "do": "drop"})).status_code == 404
    elsewhere = await (await author(visit, held="")).get("/propose")
    assert "made in another browser" in elsewhere.text
    sealed = await office_pool.fetch("SELECT sealed FROM console.drafts")
    assert not any(b"Riverbend" in row["sealed"] for row in sealed)
    await press(visitor, draft, 1, "drop")
    assert (await visitor.get(draft)).status_code == 404


async def test_a_draft_goes_after_thirty_days(visit: Visit, office_pool: asyncpg.Pool) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    aged = "UPDATE console.drafts SET changed_at = ledger.now() - interval '{} days' WHERE staff_id = 'pia.berg'"
    await office_pool.execute(aged.format("29.9"))
    assert (await visitor.get(draft)).status_code == 200
    await office_pool.execute(aged.format("30.1"))
    assert (await visitor.get(draft)).status_code == 404
    await begun(visitor)
    assert await office_pool.fetchval("SELECT count(*) FROM console.drafts WHERE staff_id = 'pia.berg'") == 1


def test_a_form_adds_up_to_its_limit_and_drops_nothing() -> None:
    content = {"funds_out": {"tranches": [{"number": 0}] * 99}}
    with pytest.raises(BadInput, match="99 entries"):
        form_content.added(content, "funds_out.tranches", [{"number": 0}])
    [node] = forms.Schema(SCHEMA).nodes(("funds_out",), content)
    assert len([one for one in node.leaves if one.path.endswith(".money.amount")]) == 99


@pytest.mark.parametrize(
    "odd", ["go ²", "go " + "9" * 5000, "remove partner.²", "add funds_out.tranches.99", "add partner.²", "find ²"]
)
async def test_odd_buttons_do_nothing(visit: Visit, odd: str) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    assert (await press(visitor, draft, 1, odd)).status_code in {200, 422}
    assert (await visitor.get(f"{draft}?step=²")).status_code == 200


@pytest.mark.sampled(2)
@pytest.mark.parametrize("what", ["nowhere", "partner.name", "funds_out.tranches.5", "__class__", "partner.kind.x", ""])
async def test_nothing_is_added_where_the_form_has_no_place(visit: Visit, what: str) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    answer = await press(visitor, draft, 1, f"add {what}")
    assert (answer.status_code, "nothing can be added there" in answer.text) == (422, True)


def test_every_field_of_a_proposal_is_asked_on_a_page() -> None:
    asked = {name.partition(".")[0] for page in PAGES for name in page.asks}
    assert asked == {*Proposal.model_fields, *BESIDE, ""}


@pytest.mark.parametrize("more", [{}, {"funds_out": funds_out("10.00", "20.00")}, {"partner": party(documents=[])}])
def test_a_proposal_read_into_a_form_and_out_again_is_the_same(more: dict[str, Any]) -> None:
    made = proposal("P-2026-0042", **more)
    content = form_content.read(made.model_dump(mode="json", exclude_defaults=True))
    nodes = forms.Schema(SCHEMA).nodes(sorted(Proposal.model_fields), content)
    typed = {leaf.path: leaf.value for node in nodes for leaf in node.leaves if leaf.kind != "tick" or leaf.value}
    assert Proposal.model_validate(form_content.read(form_content.filled(nodes, content, typed, typed.keys()))) == made


async def test_a_sealed_draft_put_under_another_person_does_not_open(console_pool: asyncpg.Pool) -> None:
    mine, theirs = (Drafts(console_pool, who, "one-browser") for who in ("pia.berg", "ana.silva"))
    await mine.save(Draft("moved", {"title": "mine"}))
    await console_pool.execute("UPDATE console.drafts SET staff_id = 'ana.silva' WHERE digest = sha256('moved')")
    assert (await mine.one("moved"), await theirs.one("moved")) == (None, None)


async def looks_at(pool: asyncpg.Pool, staff_id: str, reference: str) -> int:
    query = "SELECT count(*) FROM console.looks WHERE staff_id = $1 AND subject = $2"
    return int(await pool.fetchval(query, staff_id, reference))


@pytest.mark.slow
async def test_who_changes_a_proposal_has_looked_at_its_partnership(
    visit: Visit, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    """Given a draft that changes what is on record, when a step of it is shown, then that is a look at the names."""
    await Life(desk, reference).awaiting_approval(proposal(reference, funds_out=funds_out()))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    assert await looks_at(office_pool, "pia.berg", reference) == 1
    answer = await visitor.get(draft + "?step=4")
    assert await looks_at(office_pool, "pia.berg", reference) == 2
    assert COOKIE in answer.headers["set-cookie"], "the key of a draft stays as long as the draft"


@pytest.mark.slow
async def test_who_takes_a_party_from_a_partnership_has_looked_at_it(
    visit: Visit, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    known = party("Hillside Printing Rooms", ein="001000003")
    await desk.propose(proposal(reference, partner=known, funds_out=funds_out(payee=known)), "pia.berg")
    await until_shown(desk)
    visitor = await author(visit)
    await press(visitor, await begun(visitor), 1, "find partner", **{"find:partner": "hillside printing"})
    assert await looks_at(office_pool, "pia.berg", reference) == 1
