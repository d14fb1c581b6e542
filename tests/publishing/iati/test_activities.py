"""IATI activities: valid by schema and ruleset, and their transactions the ledger's own movements."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from lxml import etree

from domain.payment.tranche.status import TrancheOutcome
from publishing.files import Publication
from publishing.iati.checks import faults_of
from publishing.iati.publication import iati
from tests.builders import COMMUNITY, abroad, funds_out, public_interest
from tests.domain.partnership import specification as s
from tests.publishing.casting import SCHEMAS, SETTLED, Cast, granted, stand
from tests.publishing.iati.rulesets import broken_rules

STANDARD = SCHEMAS / "iati"
with_schema = pytest.mark.skipif(not STANDARD.exists(), reason="the standard's schema is not beside this checkout")
ON = "2027-06-30"
PERIOD = {"starts": "2026-11-01", "ends": "2027-10-31"}
UGANDA = {**COMMUNITY, "places": [{"country": "UG"}]}
WHOLE: dict[str, Any] = {
    "period": PERIOD, "summary": "Eleven villages come online",
    "public_interest": public_interest(sector="22040", community=UGANDA),
}  # fmt: skip


def content(publication: Publication) -> bytes:
    [file] = publication.files
    return file.content


def activities(publication: Publication) -> list[Element]:
    return list(fromstring(content(publication)).iter("iati-activity"))


def transactions(activity: Element) -> list[tuple[str, str, str]]:
    return [
        (one.find("transaction-type").get("code"), one.find("value").get("value-date"), one.findtext("value"))
        for one in activity.iter("transaction")
    ]  # fmt: skip


def cast(**more: Any) -> Cast:
    """A grant abroad, of which one payment settled, another came back, and a part was paid back by the grantee."""
    made = Cast()
    out = funds_out("6000.00", "4000.00", payee=abroad(country="UG"))
    story = s.active(funds_out=out, **{**WHOLE, **more}).given(*SETTLED)
    story = story.given(s.release(2), *s.came_to(TrancheOutcome.RETURNED, 2), s.refund("500.00"), s.confirm_refund())
    made.tell("P-2026-0001", story)
    return made


def test_a_sign_that_no_xml_holds_leaves_the_file_readable() -> None:
    """Given a title with U+FFFE, which XML has no form for, then the file is read all the same, with a mark there."""
    [activity] = activities(iati(cast(title="Skills for\ufffe rivers").cases(), stand(ON)))
    assert activity.findtext("title/narrative") == "Skills for\ufffd rivers"


@with_schema
def test_it_is_valid_by_the_schema_and_by_the_ruleset() -> None:
    made = content(iati(cast().cases(), stand(ON)))
    schema = etree.XMLSchema(etree.parse(str(STANDARD / "iati-activities-schema.xsd")))
    schema.assertValid(etree.fromstring(made))
    ruleset = json.loads((STANDARD / "standard_ruleset.json").read_text("utf-8"))
    assert list(broken_rules(ruleset, made, ON)) == []
    assert list(broken_rules(ruleset, made, "2026-01-01")), "what is in the future is found"
    without = made.replace(b"<sector ", b"<tag ").replace(b'type="1" iso', b'type="9" iso')
    assert len([one for one in broken_rules(ruleset, without, ON) if "atleast_one" in one]) == 2


def test_its_transactions_are_the_ledgers_movements() -> None:
    """Given a payment, one that came back and a refund, then each is a transaction, and their sums are the grant's."""
    made = cast()
    [activity], [case] = activities(iati(made.cases(), stand(ON))), made.cases()
    day = "2026-11-02"
    assert transactions(activity) == [
        ("2", day, "10000.00"), ("3", day, "6000.00"), ("3", day, "4000.00"), ("3", day, "-4000.00"),
        ("3", day, "-500.00"),
    ]  # fmt: skip
    paid = sum(Decimal(value) for code, _, value in transactions(activity) if code == "3")
    assert paid == case.partnership.spent == 5500


def test_a_cell_is_the_position_of_its_event() -> None:
    made = cast()
    publication = iati(made.cases(), stand(ON))
    [activity] = activities(publication)
    names = [one.get("ref") for one in activity.iter("transaction")]
    cells = {cell.name: cell.parts for cell in publication.files[0].cells}
    for name in names:
        [part] = cells[f"P-2026-0001/transaction/{name}"]
        assert name.startswith(f"{part.position}-")
        assert any(entry.origin.position == part.position for entry in made.entries)


REASONS: list[tuple[str, dict[str, Any]]] = [
    ("AT_HOME", {"public_interest": public_interest(sector="22040")}),
    ("NO_SECTOR", {"public_interest": public_interest(community=UGANDA)}),
    ("NO_PERIOD", {"period": None}),
    ("NO_SHARES_OF_COUNTRIES",
     {"public_interest": public_interest(sector="22040", community={**UGANDA, "places": [{"country": "UG"},
                                                                                        {"country": "KE"}]})}),
    ("OWN_REASON", {"withheld_for": "They are in danger"}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "more"), REASONS, ids=[reason for reason, _ in REASONS])
def test_what_the_standard_would_refuse_is_left_out_and_counted(reason: str, more: dict[str, Any]) -> None:
    publication = iati(cast(**more).cases(), stand(ON))
    assert publication.files == ()
    assert {name: counted.number for name, counted in publication.tally.left_out.items()} == {reason: 1}
    assert publication.tally.left_out[reason].sums == publication.tally.total.sums == {"USD": 10000}


def test_a_hold_and_an_end_are_told_by_the_status_alone() -> None:
    made, story = Cast(), granted(abroad(country="UG"), "600.00", "400.00", **WHOLE).given(*SETTLED)
    for command, code in ((s.hold(), "2"), (s.terminate(), "5")):
        story = made.tell("P-2026-0001", story.given(command))
        [activity] = activities(iati(made.cases(), stand(ON)))
        assert activity.find("activity-status").get("code") == code
    assert transactions(activity)[-1] == ("2", "2026-11-02", "-400.00"), "what is left is committed no more"


def test_own_check_finds_what_the_ruleset_is_for() -> None:
    [activity] = activities(iati(cast().cases(), stand(ON)))
    bad = Element("iati-activities")
    bad.extend([activity, activity])
    for name in ("sector", "recipient-country"):
        activity.remove(activity.find(name))
    activity.find("iati-identifier").text = "US|1"
    activity.find("activity-date").set("iso-date", "2028-01-01")
    activity.find("title/narrative").text = ""
    for transaction in activity.findall("transaction")[1:]:
        activity.remove(transaction)
    activity.find("transaction/transaction-date").set("iso-date", "2028-01-01")
    found = {fault.partition(": ")[2] for fault in faults_of(bad, stand(ON).on)}
    assert found == {
        "title says nothing", "no sector", "one country is asked for, since no shares of several are recorded",
        "it ends before it starts", "'US|1' is no identifier", "a transaction in the future", "it stands there twice",
    }  # fmt: skip
    assert faults_of(Element("iati-activities"), stand(ON).on) == ()
