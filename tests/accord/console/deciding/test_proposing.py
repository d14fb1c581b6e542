"""A proposal is made in steps: its draft is its author's alone, and the rules are asked before anything is recorded."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.deciding import proposing_parties
from accord.console.deciding.drafts import COOKIE, Draft, Drafts
from accord.console.deciding.prepared import Prepared, Waiting
from accord.console.deciding.proposing_content import SCHEMA, STEPS
from accord.presentation import forms
from accord.presentation.faults import BadInput
from domain.partnership import commands as c
from domain.proposal import Proposal
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import key_of
from tests.builders import funds_out, party, proposal
from tests.lives import Life, until_shown

Visit = Callable[[str], Any]
HELD = f"; {COOKIE}=a-secret-of-this-browser"


async def author(visit: Visit, staff_id: str = "pia.berg", held: str = HELD) -> Visitor:
    """Somebody at a browser that holds the key of its drafts."""
    visitor: Visitor = await visit(staff_id)
    visitor.cookie += held
    return visitor


async def begun(visitor: Visitor, **given: str) -> str:
    answer = await visitor.post("/propose", given)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def press(visitor: Visitor, draft: str, step: int, button: str, **typed: str) -> Any:
    """Type on a step, press a button, and see where that leads."""
    answer = await visitor.post(draft, {"step": str(step), "do": button, **typed})
    return await visitor.get(answer.headers["location"]) if answer.status_code == 303 else answer


FIRST = {
    "reference": "P-2026-4242", "title": "Digital skills for river libraries",
    "partner.name": "Riverbend Library Network", "partner.kind": "NONPROFIT", "partner.country": "US",
    "partner.ein": "00-1000001",
}  # fmt: skip
SECOND = {
    "funds_out.funder": "ISOC", "funds_out.purpose": "Training", "funds_out.no_private_benefit": "OPEN_TO_ALL",
    "funds_out.tranches.0.money.amount": "5000.00", "funds_out.tranches.0.money.currency": "USD",
    "funds_out.final_report": "yes", "funds_out.controlled_by_insider": "no", "funds_out.uses.0": "PROGRAMME",
    "same:funds_out.payee": "partner",
}  # fmt: skip
THIRD = {
    "public_interest.mission_objective": "Bring people online", "public_interest.community_served": "Readers",
    "public_interest.statement": "Open courses for everybody", "public_interest.objective": "CONNECT",
    "public_interest.community.kind": "LIBRARY_USERS", "public_interest.community.number": "1200",
    "public_interest.community.places.0.country": "US",
}  # fmt: skip


async def complete(visitor: Visitor, **more: str) -> str:
    """A draft in which nothing is missing."""
    draft = await begun(visitor)
    await press(visitor, draft, 1, "go 2", **{**FIRST, **more})
    await press(visitor, draft, 2, "add funds_out")
    await press(visitor, draft, 2, "add funds_out.tranches")
    await press(visitor, draft, 2, "add funds_out.uses")
    await press(visitor, draft, 2, "go 3", **SECOND)
    await press(visitor, draft, 3, "add public_interest.community")
    await press(visitor, draft, 3, "add public_interest.community.places")
    await press(visitor, draft, 3, "go 5", **THIRD)
    return draft


async def test_the_rules_are_asked_beside_the_form_and_nothing_is_recorded(
    visit: Visit, desk: Desk, reference: str
) -> None:
    visitor = await author(visit)
    before = await desk.ledger.head()
    draft = await complete(visitor)
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert "Rule book" in shown
    assert "Go on to sign" in shown
    assert "COMMUNITY" not in re.findall(r"They are asked once", shown)
    company = await press(visitor, draft, 1, "go 5", **{**FIRST, "partner.kind": "PRIVATE_COMPANY"})
    assert "ELIG-NONPROFIT" in company.text
    assert await desk.ledger.head() == before


async def test_what_is_missing_is_named_by_its_field_and_what_was_typed_stays(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    await press(visitor, draft, 1, "go 2", **{**FIRST, "partner.country": "Atlantis"})
    refused = await press(visitor, draft, 1, "sign", **{**FIRST, "partner.country": "Atlantis"})
    assert refused.status_code == 422
    assert '#partner-country">Partner › Country</a>: ' in refused.text
    assert 'value="Atlantis"' in refused.text
    assert 'class="field wrong"' in refused.text
    assert "Nothing was recorded" in refused.text


LACKS = ("Public interest › Community", "Public interest › Objective", "Money out › Benefit")
LINK = re.compile(r'<li><a href="([^"#]+)#([^"]+)">([^<]+)</a>: ([^<]+)</li>')


async def test_what_the_first_gate_asks_is_said_from_the_first_page_on_with_a_way_to_each(visit: Visit) -> None:
    """Given an empty draft with money out, then each fact that the first gate asks is a link to its field."""
    visitor = await author(visit)
    draft = await begun(visitor)
    shown = await press(visitor, draft, 2, "add funds_out")
    links = LINK.findall(html.unescape(shown.text))
    assert {*LACKS} <= {label for _, _, label, _ in links}
    assert links == LINK.findall(html.unescape((await visitor.get(draft)).text)), "the same on every page"
    for place, anchor, label, _ in links:
        assert f'id="{anchor}"' in (await visitor.get(place)).text, label
    for step, field in ((2, "no_private_benefit"), (2, "benefit"), (3, "community"), (3, "objective")):
        page = (await visitor.get(f"{draft}?step={step}")).text
        before_more = page[: page.index(f"-{field}")].rpartition("More about")[2]
        assert f"-{field}" not in before_more
        assert re.search(rf'-{field}"[^>]*>.{{0,120}}class="needed"', page, re.DOTALL), field


WITHOUT: dict[str, dict[str, str]] = {
    "an objective": {"public_interest.objective": ""},
    "who benefits": {"funds_out.no_private_benefit": ""},
    "a purpose that says something": {"funds_out.purpose": "n/a"},
    "a lead that is there": {"under": "P-2020-0001"},
    "a fund that is there": {"funds_out.funds.0.fund": "FD-2020-NOWHERE"},
    "a sum that somebody may approve": {"funds_out.tranches.0.money.amount": "900000000.00"},
}


@pytest.mark.parametrize("left_out", WITHOUT)
async def test_nothing_that_the_first_gate_refuses_reaches_the_page_that_signs(
    visit: Visit, desk: Desk, new_reference: Callable[[], str], left_out: str
) -> None:
    """Given a draft without something, when it is to be signed, then the gate's own word is on the form."""
    visitor = await author(visit)
    draft = await complete(visitor, reference=new_reference())
    if left_out == "a fund that is there":
        await press(visitor, draft, 2, "add funds_out.funds", **SECOND)
    for step, names in enumerate(STEPS, 1):
        typed = {name: text for name, text in WITHOUT[left_out].items() if name.partition(".")[0] in names[1]}
        ticks = SECOND if step == 2 else {}
        if typed:
            await press(visitor, draft, step, "save", **{**ticks, **typed})
    shown = html.unescape((await visitor.get(f"{draft}?step=5")).text)
    assert ("missing, or to be mended" in shown, "Go on to sign" in shown, ">pass<" in shown) == (True, False, False)
    refused = await visitor.post(draft, {"step": "5", "do": "sign"})
    assert refused.status_code == 422


async def test_what_is_signed_is_what_was_typed(visit: Visit, console_pool: asyncpg.Pool) -> None:
    visitor = await author(visit)
    draft = await complete(visitor, summary="Courses\r\nfor all")
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


async def test_who_leaves_the_page_that_signs_comes_back_to_the_draft(visit: Visit, desk: Desk) -> None:
    visitor = await author(visit)
    await key_of(desk, visitor.settings, "pia.berg")
    draft = await complete(visitor)
    answer = await visitor.post(draft, {"step": "5", "do": "sign"})
    shown = (await visitor.asking.get(answer.headers["location"])).text
    [way_back] = re.findall(r'href="([^"]+)">Leave it</a>', shown)
    assert way_back == f"{visitor.settings.origin}{draft}?step=5"
    assert "P-2026-4242" in (await visitor.get(way_back.removeprefix(visitor.settings.origin))).text


AMOUNT = "funds_out.tranches.0.money.amount"


async def test_a_sum_is_read_back_before_it_counts_and_asked_back_where_it_is_not_clear(visit: Visit) -> None:
    visitor = await author(visit)
    draft = await complete(visitor)
    for typed in ("20,000", "$20,000", "20,000.00", "USD 20,000.00"):
        shown = await press(visitor, draft, 2, "save", **{**SECOND, AMOUNT: typed})
        assert "Read as USD 20,000.00" in shown.text
        assert f'value="{typed}"' in shown.text
        assert "Go on to sign" in (await visitor.get(f"{draft}?step=5")).text
    for typed, readings in (
        ("30.000", "30,000.00 or 30.00"),
        ("1.234,56", "1,234.56 or 1.23456"),
        ("30,00", "30.00 or"),
    ):
        shown = await press(visitor, draft, 2, "save", **{**SECOND, AMOUNT: typed})
        assert f"may be {readings}" in html.unescape(shown.text)
        assert "Go on to sign" not in (await visitor.get(f"{draft}?step=5")).text
        assert (await visitor.post(draft, {"step": "5", "do": "sign"})).status_code == 422


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
    monkeypatch.setattr(proposing_parties, "MOST_FOUND", 3)
    found = await press(visitor, draft, 1, "find partner", **{"find:partner": "marshland"})
    assert 'value="Marshland 2 Orchard Trust"' in found.text
    monkeypatch.setattr(proposing_parties, "MOST_FOUND", 2)
    many = await press(visitor, draft, 1, "find partner", **{"find:partner": "marshland"})
    assert (many.status_code, "is in more than 2 partnerships; write more of the name" in many.text) == (422, True)


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


@pytest.mark.slow
async def test_a_proposal_on_record_is_changed_from_its_page(
    visit: Visit, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    kept = {"partner.nobody_owns": "yes"}  # a tick that a browser sends as long as it stands
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets", **kept)
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a second trainer is needed"})
    waiting = await Prepared(console_pool).at(answer.headers["location"].rpartition("/")[2])
    assert waiting is not None
    assert isinstance(waiting.command, c.Amend)
    assert waiting.command.reason == "a second trainer is needed"
    before = (await desk.known_partnership(reference)).proposed
    assert waiting.command.proposal == before.model_copy(update={"title": "Digital skills, and tablets"})


async def test_the_answer_to_a_question_is_asked_signed_and_shown(
    visit: Visit, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given a question of a verifier, when its proposer answers in the form, then who decides reads it."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    await life.do(c.ReturnForInformation, "vera.lind", question="Which villages are served?")
    visitor = await author(visit)
    key = await key_of(desk, visitor.settings, "pia.berg")
    draft = await begun(visitor, amends=reference)
    for number in range(1, len(STEPS) + 1):
        shown = html.unescape((await visitor.get(f"{draft}?step={number}")).text)
        assert ("Which villages are served?" in shown, "Your answer" in shown) == (True, True)
    silent = await visitor.post(draft, {"step": "5", "do": "sign"})
    assert (silent.status_code, "is not answered" in html.unescape(silent.text)) == (422, True)
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "answer": "Eleven, all along the river"})
    place = answer.headers["location"]
    assert "Eleven, all along the river" in (await visitor.asking.get(place)).text
    waiting = await Prepared(console_pool).at(place.rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    headers = {"Origin": visitor.settings.signing_origin, "Sec-Fetch-Site": "same-origin"}
    assertion = key.sign(waiting.statement).model_dump_json()
    handed = await visitor.asking.post(place, content=assertion, headers=headers, timeout=120)
    assert handed.status_code == 200, handed.text
    [told] = [one.event for one in await life.events() if one.event.event_type == "ProposalRevised"]
    assert told.answer == "Eleven, all along the river"
    await life.until_quiet()
    read = html.unescape((await (await visit("ana.silva")).get(f"/{reference}")).text)
    assert read.count("Eleven, all along the river") >= 2, "beside its question, and in the history"
    assert "Asked and answered" in read


CHANGE = "Change what is proposed"


async def test_a_change_is_offered_to_whom_the_first_gate_would_let(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a proposal in approval, then its proposer may change it, and its approver reads why they may not."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    pia, ana = await author(visit), await author(visit, "ana.silva")
    assert f">{CHANGE}</button>" in (await pia.get(f"/{reference}")).text
    shown = (await ana.get(f"/{reference}")).text
    assert f">{CHANGE}</button>" not in shown
    assert re.search(rf"<dt>{CHANGE}</dt><dd>[^<]*needs PROPOSER", shown)
    begun_all_the_same = await ana.post("/propose", {"amends": reference})
    assert (begun_all_the_same.status_code, "needs PROPOSER" in begun_all_the_same.text) == (422, True)
    await life.do(c.PlaceHold, "vera.lind", reason="a newspaper names the donor")
    assert f">{CHANGE}</button>" in (await pia.get(f"/{reference}")).text, "a party may be told anew under a hold"


async def test_a_change_is_not_offered_at_a_stage_that_takes_none(visit: Visit, desk: Desk, reference: str) -> None:
    unknown = party("Saint Agnes Parish Room", ein="001999999")
    life = Life(desk, reference)
    await life.propose(proposal(reference, partner=unknown, funds_out=funds_out("5000.00", payee=unknown)))
    await life.until_quiet()
    shown = (await (await author(visit)).get(f"/{reference}")).text
    assert f">{CHANGE}</button>" not in shown
    assert re.search(rf"<dt>{CHANGE}</dt><dd>[^<]*ELIGIBILITY", shown)


async def test_only_who_may_propose_is_offered_a_draft(visit: Visit) -> None:
    assert "Begin a proposal" in (await (await author(visit)).get("/propose")).text
    ana = await author(visit, "ana.silva")
    shown = (await ana.get("/propose")).text
    assert ("Begin a proposal" in shown, "needs PROPOSER" in shown) == (False, True)
    assert (await ana.post("/propose", {})).status_code == 422


@pytest.mark.slow
async def test_a_draft_undoes_nothing_that_others_changed_meanwhile(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a draft that changes a title, when the sum is amended meanwhile, then it cannot be signed any more."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets")
    less = proposal(reference, funds_out=funds_out("1000.00"))
    await desk.decide(await desk.known_sight(reference), c.Amend, "pia.berg", proposal=less, reason="less is needed")
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a better title"})
    assert (answer.status_code, "was changed since you began this draft" in answer.text) == (422, True)


@pytest.mark.slow
async def test_a_change_prepared_before_another_is_not_recorded_over_it(
    visit: Visit, desk: Desk, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given a change of the title that waits for the touch, when others change it, then it is refused."""
    await Life(desk, reference).awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    key = await key_of(desk, visitor.settings, "pia.berg")
    draft = await begun(visitor, amends=reference)
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets")
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a better title"})
    place = answer.headers["location"]
    waiting = await Prepared(console_pool).at(place.rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    known = await desk.known_sight(reference)
    other = known.partnership.proposed.model_copy(update={"title": "Digital skills for every library"})
    await desk.decide(known, c.Amend, "pia.berg", proposal=other, reason="for every library")
    headers = {"Origin": visitor.settings.signing_origin, "Sec-Fetch-Site": "same-origin"}
    assertion = key.sign(waiting.statement).model_dump_json()
    handed = await visitor.asking.post(place, content=assertion, headers=headers, timeout=120)
    assert "look again" in handed.text
    assert (await desk.known_partnership(reference)).proposed.title == "Digital skills for every library"


@pytest.mark.slow
async def test_the_page_that_signs_says_what_a_change_changes(visit: Visit, desk: Desk, reference: str) -> None:
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
    visitor = await author(visit)
    draft = await begun(visitor, amends=reference)
    await press(visitor, draft, 1, "go 5", title="Digital skills, and tablets")
    answer = await visitor.post(draft, {"step": "5", "do": "sign", "reason": "a better title"})
    shown = html.unescape((await visitor.asking.get(answer.headers["location"])).text)
    assert "What changes" in shown
    assert "→ Digital skills, and tablets" in shown


def test_a_form_adds_up_to_its_limit_and_drops_nothing() -> None:
    content = {"funds_out": {"tranches": [{"number": 0}] * 99}}
    with pytest.raises(BadInput, match="99 entries"):
        forms.added(content, "funds_out.tranches", [{"number": 0}])
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


@pytest.mark.parametrize("what", ["nowhere", "partner.name", "funds_out.tranches.0", "__class__", "partner.kind.x", ""])
async def test_nothing_is_added_where_the_form_has_no_place(visit: Visit, what: str) -> None:
    visitor = await author(visit)
    draft = await begun(visitor)
    answer = await press(visitor, draft, 1, f"add {what}")
    assert (answer.status_code, "nothing can be added there" in answer.text) == (422, True)


def test_every_field_of_a_proposal_is_on_one_step() -> None:
    on_steps = [name for _, names in STEPS for name in names]
    assert sorted(on_steps) == sorted(Proposal.model_fields)


@pytest.mark.parametrize("more", [{}, {"funds_out": funds_out("10.00", "20.00")}, {"partner": party(documents=[])}])
def test_a_proposal_read_into_a_form_and_out_again_is_the_same(more: dict[str, Any]) -> None:
    made = proposal("P-2026-0042", **more)
    content = forms.read(made.model_dump(mode="json", exclude_defaults=True))
    nodes = forms.Schema(SCHEMA).nodes(sorted(Proposal.model_fields), content)
    typed = {leaf.path: leaf.value for node in nodes for leaf in node.leaves if leaf.kind != "tick" or leaf.value}
    assert Proposal.model_validate(forms.read(forms.filled(nodes, content, typed))) == made


async def test_a_sealed_draft_put_under_another_person_does_not_open(console_pool: asyncpg.Pool) -> None:
    mine, theirs = (Drafts(console_pool, who, "one-browser") for who in ("pia.berg", "ana.silva"))
    await mine.save(Draft("moved", {"title": "mine"}))
    await console_pool.execute("UPDATE console.drafts SET staff_id = 'ana.silva' WHERE digest = sha256('moved')")
    assert (await mine.one("moved"), await theirs.one("moved")) == (None, None)


async def looks_at(pool: asyncpg.Pool, staff_id: str, reference: str) -> int:
    query = "SELECT count(*) FROM console.looks WHERE staff_id = $1 AND subject = $2"
    return int(await pool.fetchval(query, staff_id, reference))


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
