"""Contents of editions: one text for one content, and a fault with its place for each thing that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.editions.content import MOST_BYTES
from domain.editions.models import (
    BadContent,
    checked_content,
    content_from,
    content_of_bytes,
    digest_of_content,
    faults_of_content,
)
from domain.editions.pointers import PROPOSAL, REPORT, pointer_fault
from tests.domain.editions.contents import BUDGET, CALL, EVERY, LETTER, SAMPLES, SHEET, SHORT, changed, content

DIGESTS = {
    "application-scores": "1b2c6d4050161a98b07690f545bc2108477b99a992dcedcc4a59a96f39903bf0",
    "final-report": "681f72d313715079fdf71491113c2a2cadbb41850b926f86cc930414f9e1bacf",
    "grant-budget": "4c7cfa7ec6c8a4d2214395377a2eb53398c655961977f65350d4d9c01955dae0",
    "interim-report": "e3539a8fb01f28b376b6cfd2815d70f7aa9fc429d1dce537a45d3e00770d9188",
}
"""The digests of the sample's editions: whoever changes a byte of the format is told here. None is ever edited."""


def faults(fields: dict[str, Any]) -> list[str]:
    try:
        return [str(fault) for fault in faults_of_content(content_from(fields))]
    except BadContent as bad:
        return [str(fault) for fault in bad.faults]


def test_the_samples_have_no_fault_and_their_digests_stay() -> None:
    read = {path.stem: content_from(json.loads(path.read_text("utf-8"))) for path in sorted(SAMPLES.glob("*.json"))}
    assert {name: faults_of_content(one) for name, one in read.items()} == {name: [] for name in read}
    assert {name: one.languages for name, one in read.items()} == dict.fromkeys(read, ("en", "es", "fr"))
    assert {name: digest_of_content(one.canonical()) for name, one in read.items()} == DIGESTS


@pytest.mark.parametrize("fields", EVERY, ids=lambda fields: fields["kind"])
def test_what_was_kept_is_read_as_the_same_content(fields: dict[str, Any]) -> None:
    read = content_from(fields)
    assert faults(fields) == []
    assert content_of_bytes(read.canonical()) == read
    assert checked_content(read.canonical()) == read


def test_the_order_in_which_a_file_names_fields_changes_no_digest() -> None:
    backwards = json.loads(json.dumps(SHORT), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    needed = {"schema__required": ["summary", "changes"]}, {"schema__required": ["changes", "summary"]}
    assert content_from(backwards).canonical() == content().canonical()
    assert content(**needed[0]).canonical() == content(**needed[1]).canonical()


def test_bytes_that_are_not_canonical_are_refused() -> None:
    with pytest.raises(BadContent, match="its bytes are not canonical"):
        checked_content(json.dumps(SHORT, indent=1).encode())


def test_what_is_too_long_is_refused() -> None:
    words = {f"note{number}": "x" * 4000 for number in range(140)}
    told = faults(changed(LETTER, words__en={"title": "Award", **words}))
    assert len(told) == 1
    assert f"at most {MOST_BYTES:,} are kept" in told[0]


BANK = "no form asks for bank details; ask for them as the house does, by a letter and a call back"
FAULTS: list[tuple[dict[str, Any], str]] = [
    (changed(SHORT, kind="FORM"), "kind: 'FORM' is no kind of edition; write one of QUESTIONS, BUDGET, SHEET, LETTER"),
    (changed(SHORT, edition="1"), "edition: '1' does not have the form"),
    (changed(SHORT, languages=["en", "sp"]), "languages.1: 'sp' is no language of ISO 639-1; write two small letters"),
    (changed(SHORT, languages=["en", "es", "fr"]), "words.fr.title: missing in fr; write it, or take fr out"),
    (changed(SHORT, languages=["en"]), "words.es: es is no language of this edition; add it to the languages"),
    (changed(SHORT, **{"words__es__summary.hint": "Breve"}), "words.en.summary.hint: missing in en"),
    (changed(SHORT, **{"words__es__sumary.label": "x"}), "words.es.sumary.label: words for what is not here"),
    (changed(SHORT, schema__properties__summary__pattern="(a+)+"), "a pattern can keep a machine busy for ever"),
    (changed(SHORT, **{"schema__properties__summary__$ref": "https://a.b"}), "$ref: a question refers to nothing"),
    (changed(SHORT, schema__properties__summary__format="iban"), "'iban' would hold bank details, which no question"),
    (changed(SHORT, schema__properties__summary__format="shoes"), "'shoes' is no format of ours; write words:N or"),
    (changed(SHORT, schema__properties__summary__type="array"), "words:200 is given as string, not as array"),
    (changed(SHORT, schema__properties__as_planned__maximum=3), "maximum says nothing of boolean; remove it"),
    (changed(SHORT, schema__required=["sumary"]), "schema.required.0: sumary is no question; correct its name"),
    (changed(SHORT, pages__0__questions=["summary", "as_planned"]), "changes: it stands on no page; add it to one"),
    (changed(SHORT, pages__0__questions=["summary", "as_planned", "changes", "changes"]), "on the page work already"),
    (changed(SHORT, pages__0__questions=["changes", "summary", "as_planned"]), "as_planned is not asked before it"),
    (changed(SHORT, shown_if__changes__equals="no"), "'no' is no answer to as_planned, which has yes or no"),
    (changed(SHORT, shown_if__changes__question="plan"), "shown_if.changes: plan is no question"),
    (changed(SHORT, facts__summary="/sumary"), "facts.summary: /sumary is no fact of a report; `accord"),
    (changed(SHORT, facts__summary="/actor"), "/actor is said by whoever signs, not by a grantee"),
    (changed(SHORT, form="CHANGE", facts__summary="/figures"), "/figures is no fact of a proposal; `accord schema"),
    (changed(SHORT, **{"words__es__summary.label": "Su IBAN"}), f"words.es.summary.label: it says 'iban': {BANK}"),
    (changed(SHORT, **{"words__en__summary.label": "Account  number?"}), "it says 'account number'"),
    (changed(SHORT, **{"words__en__summary.label": "Your S.W.I.F.T."}), "it says 'swift'"),
    (changed(SHORT, **{"words__es__summary.label": "Número de cuenta"}), "it says 'numero de cuenta'"),
    (changed(SHORT, **{"words__en__summary.label": "Left\u202eright"}), "summary.label: holds the sign U+202E"),
    (changed(BUDGET, indirect_most="101"), "indirect_most: Input should be less than or equal to 100"),
    (changed(BUDGET, free_move=12.5), "free_move: write the amount as text, such as '50000.00'"),
    (changed(BUDGET, categories__1__code="people"), "categories.1.code: people is named twice; name it once"),
    (changed(SHEET, criteria__0__most=0.5), "criteria.0.most: Input should be a valid integer"),
    (changed(SHEET, criteria__0__least=5), "criteria.0.most: it is not above the least"),
    (changed(LETTER, template="Hello\n#import \"a.typ\""), "template: line 2 has 'import', which reads other files"),
    (changed(LETTER, template="#read(\"/etc/passwd\")"), "template: line 1 has 'read'"),
    (changed(CALL, closes_on="2026-11-01"), "closes_on: 2026-11-01 is before it opens; write a later day"),
    (changed(CALL, rules__most="10"), "rules.most: 10 is below the least, 1,000; exchange them"),
    (changed(CALL, rules__least="1000.001"), "rules.least: 1000.001 has more decimals than USD: 2"),
    (changed(CALL, reviewers_least=2), "sheet: reviewers score by a sheet; name one"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "words"), FAULTS, ids=[words[:60] for _, words in FAULTS])
def test_a_fault_is_told_with_its_place_and_its_remedy(fields: dict[str, Any], words: str) -> None:
    assert any(words in told for told in faults(fields)), faults(fields)


def test_every_fault_of_a_content_is_told_at_once() -> None:
    told = faults(changed(SHORT, languages=["en", "es", "fr"], facts__summary="/x", shown_if__changes__question="y"))
    assert [one.partition(":")[0] for one in told if not one.startswith("words.")] == [
        "shown_if.changes",
        "facts.summary",
    ]
    assert len([one for one in told if one.startswith("words.fr.")]) == 7


def test_harmless_words_ask_for_no_bank_details() -> None:
    for text in ("Who keeps the bank of seeds?", "How many accounts were opened?", "A description of the tribe"):
        assert faults(changed(SHORT, **{"words__en__summary.label": text})) == []


def test_pointers_lead_through_lists_and_alternatives() -> None:
    assert pointer_fault("/figures/spent", REPORT) is None
    assert pointer_fault("/results/0/indicator", REPORT) is None
    assert pointer_fault("/partner/name", PROPOSAL) is None
    assert "/figures/nothing is no fact" in str(pointer_fault("/figures/nothing/deeper", REPORT))
