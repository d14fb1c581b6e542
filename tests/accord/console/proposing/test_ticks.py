"""What is seldom true is ticked: a tick opens its group, "none of these" is an answer, and nothing typed is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from starlette.datastructures import FormData

from accord.console.proposing import ticks
from accord.console.proposing.answers import country_code, region_code, typed_in, with_codes
from accord.console.proposing.content import SCHEMA, blank, nodes_of, read_draft, with_room, without
from accord.console.proposing.drafts import Draft
from accord.console.proposing.pages import page_of
from accord.presentation import form_content, forms
from accord.presentation.words.proposal.questions import QUESTIONS
from accord.presentation.words.proposal.remedies import said_plainly
from accord.presentation.words.proposal.seldom import BY_PATH, EVERY, OUT_OFTEN
from domain.directory.directory import Directory
from tests.builders import proposal

INSIDER = "funds_out.controlled_by_insider"
EXCHANGE = "funds_out.exchange"


def a_draft() -> Draft:
    return Draft("a name", blank("P-2026-0042", "USD", "ISOC"))


def typed(draft: Draft, on: list[str], **inputs: str) -> Draft:
    """The draft after a page was sent on which these ticks could be set. With 'yes' they are."""
    return typed_in(draft, FormData([*(("on", one) for one in on), *inputs.items()]), Directory())


def at(draft: Draft, path: str) -> Any:
    return form_content.at(draft.content, path)


def test_eight_things_are_asked_of_every_grant() -> None:
    assert len(OUT_OFTEN) == 8


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.path)
def test_each_tick_opens_what_is_asked_then_and_is_set_only_where_somebody_set_it(one: Any) -> None:
    legs = dict.fromkeys(("leg:funds_out", "leg:funds_in", "leg:non_monetary"), "yes")
    draft = typed(a_draft(), list(legs), **legs)
    assert not ticks.is_on(draft.content, one)
    draft = typed(draft, [one.key], **{one.key: "yes"})
    assert ticks.is_on(draft.content, one)
    assert one.path in nodes_of(with_room(draft.content))
    assert not ticks.is_on(typed(draft, [one.key]).content, one)


def test_what_was_typed_under_a_tick_comes_back_with_it() -> None:
    """Given a barrier in words, when its tick is taken away and set again, then the words are there as before."""
    key = BY_PATH["funds_out.barrier"].key
    draft = typed(a_draft(), [key], **{key: "yes"})
    draft = typed(draft, [], **{"funds_out.barrier": "The licence is there"})
    gone = typed(draft, [key])
    assert (at(gone, "funds_out.barrier"), read_draft(gone).content["funds_out"].get("barrier")) == (None, None)
    assert at(typed(gone, [key], **{key: "yes"}), "funds_out.barrier") == "The licence is there"


def test_none_of_these_is_an_answer_and_a_tick_takes_it_back() -> None:
    """Given that nothing was ticked, then nothing is said; none of these says no; a tick says no of the others."""
    none, exchange = "is:none:funds_out", f"is:{EXCHANGE}"
    every = [none, *(one.key for one in OUT_OFTEN)]
    draft = typed(a_draft(), every)
    assert at(draft, INSIDER) is None
    answered = typed(draft, every, **{none: "yes"})
    assert (at(answered, INSIDER), ticks.says_none(answered.content, "funds_out")) == ("no", True)
    opened = typed(answered, every, **{none: "yes", exchange: "yes"})
    assert (at(opened, EXCHANGE), ticks.says_none(opened.content, "funds_out")) == ({}, False)
    assert at(typed(draft, [exchange], **{exchange: "yes"}), INSIDER) == "no"
    taken_back = typed(answered, every)
    assert at(taken_back, INSIDER) is None
    insider = typed(answered, [f"is:{INSIDER}"], **{f"is:{INSIDER}": "yes"})
    assert (at(insider, INSIDER), ticks.says_none(insider.content, "funds_out")) == ("yes", False)


def test_none_of_these_sets_aside_what_was_ticked() -> None:
    exchange, none = f"is:{EXCHANGE}", "is:none:funds_out"
    draft = typed(a_draft(), [exchange], **{exchange: "yes"})
    draft = typed(draft, [], **{f"{EXCHANGE}.operator_is_nonprofit": "yes"})
    cleared = typed(draft, [none], **{none: "yes"})
    assert (at(cleared, EXCHANGE), cleared.aside[EXCHANGE]) == (None, {"operator_is_nonprofit": "yes"})


def test_who_says_that_somebody_gains_takes_back_the_reason_why_nobody_does() -> None:
    benefit, reason = "is:funds_out.benefit", "funds_out.no_private_benefit"
    draft = typed(a_draft(), [], **{reason: "OPEN_TO_ALL"})
    gaining = typed(draft, [benefit], **{benefit: "yes"})
    assert at(gaining, reason) is None
    assert at(typed(gaining, [benefit]), reason) == "OPEN_TO_ALL"


def test_an_embargoed_place_is_derived_and_asks_for_a_licence() -> None:
    draft, on = a_draft(), date(2026, 11, 30)
    assert not ticks.asks_for_licence(with_room(draft.content), on)
    cuba = typed(draft, [], **{"partner.country": "Cuba"})
    assert ticks.embargoed(cuba.content, on) == ("Cuba",)
    crimea = typed(draft, ["is:funds_out.places"], **{"is:funds_out.places": "yes"})
    where = {"funds_out.places.0.country": "Ukraine", "funds_out.places.0.region": "Donetska oblast"}
    crimea = typed(crimea, [], **where)
    assert "Donetsk" in ticks.embargoed(crimea.content, on)


def test_what_names_a_payment_names_it_still_after_another_is_taken_out() -> None:
    """Given three payments of which a report holds the second and third, when the second goes, then it holds one."""
    draft = a_draft()
    rows = [{"number": 0, "money": {"amount": amount, "currency": "USD"}} for amount in ("1", "2", "3")]
    content = {**draft.content, "reports": [{"number": 0, "holds": ["2", "3"], "after_tranche": "1"}]}
    content["funds_out"] = {**content["funds_out"], "tranches": rows, "barrier_holds": ["3"]}
    left = without(Draft("a name", content), "funds_out.tranches.1").content
    assert [row["money"]["amount"] for row in left["funds_out"]["tranches"]] == ["1", "3"]
    assert (left["reports"][0]["holds"], left["reports"][0]["after_tranche"]) == (["2"], "1")
    assert left["funds_out"]["barrier_holds"] == ["2"]


@pytest.mark.parametrize(
    ("written", "code"),
    [("Uganda", "UG"), ("uganda", "UG"), ("UG", "UG"), ("United States", "US"), ("Atlantis", "Atlantis"), ("", "")],
)
def test_countries_are_written_by_name(written: str, code: str) -> None:
    assert country_code(written) == code


def test_regions_and_numbers_are_written_in_words() -> None:
    assert region_code("Donetska oblast", "UA") == "UA-14"
    community = {"kind": "OTHER", "number": "Not known", "places": [{"country": "Kenya"}]}
    assert with_codes({"community": community})["community"] == {
        **community,
        "number": "NOT_KNOWN",
        "places": [{"country": "KE"}],
    }
    assert with_codes({"community": {"number": "1,260"}})["community"]["number"] == "1260"


def test_every_question_is_of_a_field_of_the_model() -> None:
    """Given the words of the form, then each stands for a field that a proposal has, and on a page."""
    schema = forms.Schema(SCHEMA)
    for path in (path for path in QUESTIONS if path not in {"answer", "reason", "called", "unanswered"}):
        names = path.replace("*", "0").split(".")
        content: dict[str, Any] = {}
        for depth in range(1, len(names)):
            way = ".".join(names[:depth])
            if form_content.at(content, way) is None:
                entry = schema.entry(way)
                form_content.put(content, way, entry)
        assert ".".join(names) in nodes_of(with_room(content)), path
        assert page_of(path) in range(1, 6)


def test_a_draft_that_was_begun_before_opens_with_all_that_it_held() -> None:
    """Given the content of a draft as the form of five steps kept it, then each question has a place, and its text."""
    content = {
        "reference": "P-2026-0042", "title": "A title", "partner": {"kind": "NONPROFIT", "country": "UG"},
        "public_interest": {"statement": "For all"},
        "funds_out": {"purpose": "Training", "payee": {"same_as": "partner"}},
    }  # fmt: skip
    nodes = nodes_of(with_room(content))
    assert nodes["public_interest.statement"].value == "For all"
    for path in ("public_interest.community.places.0.country", "funds_out.tranches.0.money.amount", "period.starts"):
        assert path in nodes


def test_a_whole_proposal_is_the_same_after_the_form_read_and_wrote_it() -> None:
    made = proposal("P-2026-0042")
    content = made.model_dump(mode="json", exclude_defaults=True)
    assert read_draft(Draft("a name", content, amends="P-2026-0042")).proposal == made


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        ("report 1: give due_on, or else both days_after and after_tranche, and not both ways",
         "say when it is due: on a day, or so many days after a payment"),
        ("tranche 2 is not planned", "payment 2 is not planned"),
        ("add `barrier`, what must be met", "add “What must be met before it is owed”, what must be met"),
        ("it needs PROPOSER or DIRECTOR", "it needs proposer or director"),
    ],
)  # fmt: skip
def test_refusals_are_said_in_the_words_of_pages(refusal: str, words: str) -> None:
    assert said_plainly(refusal) == words


def test_a_fund_that_is_a_programmes_budget_makes_the_grant_one_of_that_programme() -> None:
    draft = typed_in(a_draft(), FormData([("from:funds_out", "ISOC FD-2026-CONNECT")]), Directory(), "Connect")
    assert (at(draft, "funds_out.programme"), at(draft, "funds_out.funds")) == (
        "Connect",
        [{"fund": "FD-2026-CONNECT"}],
    )
    other = typed_in(draft, FormData([("from:funds_out", "ISOC FD-2026-OPEN")]), Directory())
    assert at(other, "funds_out.programme") == "Connect"
