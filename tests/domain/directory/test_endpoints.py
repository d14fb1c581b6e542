"""Two guardians enrol an endpoint, one stops it, and none comes twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.facts import endpoint_entry_fault, with_facts
from domain.directory.people import EndpointEnrolled, EndpointRevoked, Fact
from domain.directory.sealing import change_fault
from records.keys.verification import verified
from tests.domain.directory.test_directory_sealed import FOUNDED, after, both, confirmed, proposed

DAY = date(2026, 12, 1)


def endpoint(name: str = "general-ledger", digest: str = "ab", **more: Any) -> EndpointEnrolled:
    fields = {
        "name": name, "url": "https://books.example.org/hook", "hears": ("fund",), "after": 4, "sha256": digest * 32,
        "last_day": date(2027, 6, 30),
    }  # fmt: skip
    return EndpointEnrolled(endpoint={**fields, **more})


REVOKED = EndpointRevoked(endpoint_name="general-ledger", endpoint_sha256="ab" * 32)


def names(directory: Directory, day: date = DAY) -> list[str]:
    return [endpoint.name for endpoint in directory.endpoints_in_force(day)]


def test_it_is_in_force_once_the_second_guardian_confirmed_it_until_its_last_day() -> None:
    asked = after(proposed(endpoint()), known=FOUNDED)
    assert names(asked) == []
    enrolled = after(confirmed(endpoint()), known=asked)
    assert (names(enrolled), names(enrolled, date(2027, 6, 30))) == (["general-ledger"], ["general-ledger"])
    assert names(enrolled, date(2027, 7, 1)) == []


def test_the_first_guardians_revocation_stops_it_and_another_secret_may_follow_the_second() -> None:
    enrolled = after(*both(endpoint()), known=FOUNDED)
    asked = after(proposed(REVOKED, change="revoke"), known=enrolled)
    assert names(asked) == []
    again = endpoint(digest="cd")
    assert "revoke it first" in str(endpoint_entry_fault(asked, again))
    revoked = after(confirmed(REVOKED, change="revoke"), known=asked)
    renewed = after(*both(again, change="again"), known=revoked)
    assert [endpoint.sha256 for endpoint in renewed.endpoints_in_force(DAY)] == ["cd" * 32]


@pytest.mark.parametrize("by", ["paul.nkosi"])
def test_nobody_else_enrols_or_revokes_one(by: str) -> None:
    enrolled = after(*both(endpoint()), known=FOUNDED)
    facts: tuple[Fact, ...] = (REVOKED, endpoint("other", "cd"))
    for place, fact in enumerate(facts):
        known = after(proposed(fact, by=by, change=f"change {place}"), known=enrolled)
        assert names(known) == ["general-ledger"]
        assert len(known.disregarded) == 1


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ((endpoint(digest="cd"),), "there is an endpoint general-ledger already"),
        ((endpoint("other"),), "an endpoint with this secret was enrolled before"),
        ((endpoint("new", "cd"), endpoint("new", "ef")), "there is an endpoint new already"),
        ((endpoint("new", "cd"), endpoint("newer", "cd")), "an endpoint with this secret"),
    ],
)
def test_none_comes_twice_by_name_or_by_secret(facts: tuple[Fact, ...], fault: str) -> None:
    enrolled = after(*both(endpoint()), known=FOUNDED)
    assert fault in str(change_fault(enrolled, proposed(*facts, change="twice"), verified))


def test_before_the_directory_is_sealed_no_operator_enrols_one() -> None:
    assert with_facts(Directory(), (endpoint(),)).endpoints == ()
    assert "two guardians enrol an endpoint" in str(endpoint_entry_fault(Directory(), endpoint()))


def test_a_revoked_secret_never_comes_back() -> None:
    enrolled = after(*both(endpoint()), *both(REVOKED, change="revoke"), known=FOUNDED)
    assert "was enrolled before" in str(endpoint_entry_fault(enrolled, endpoint("other")))
