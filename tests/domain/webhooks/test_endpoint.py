"""An endpoint names an address over TLS, what it hears, from where on and until when; anything else is one line."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.webhooks.endpoint import Endpoint, host_of

GOOD: dict[str, Any] = {
    "name": "general-ledger", "url": "https://books.example.org/hook", "hears": ("PaymentSettled", "fund"),
    "after": 40, "sha256": "ab" * 32, "last_day": date(2027, 6, 30),
}  # fmt: skip


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://books.example.org", "books.example.org"),
        ("https://Books.example.org:8443/a/b?c=d", "books.example.org"),
        ("https://[2001:db8::1]/hook", "2001:db8::1"),
        ("http://127.0.0.1:8000/hook", "127.0.0.1"),
        ("http://localhost:8000/", "localhost"),
    ],
)
def test_an_address_over_tls_or_of_this_machine_is_one(url: str, host: str) -> None:
    assert host_of(Endpoint(**{**GOOD, "url": url}).url) == host


@pytest.mark.parametrize(
    "url",
    [
        "http://books.example.org/hook", "ftp://books.example.org", "https://", "https://user:word@books.example.org",
        "https://books.example.org@127.0.0.1/", "https://books.example.org/#part", "https://books.example.org /",
        "https://bücher.example.org/", "https://books.example.org\\@127.0.0.1", "http://127.0.0.1.example.org/",
        "https://books.example.org/" + "a" * 500, "//books.example.org", "https://books.example.org/\r\nHost: other",
        "https://books.example.org:99999/", "https://books.example.org:0/", "https://[1:2]/", "https://999.1.1.1/",
    ],
)  # fmt: skip
def test_any_other_address_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ValidationError, match="write https://HOST/PATH"):
        Endpoint(**{**GOOD, "url": url})


@given(st.text(st.characters(exclude_characters="#"), max_size=40))
def test_no_text_after_an_address_makes_another_host_of_it(text: str) -> None:
    """Whatever stands behind the host, the host is the one that was read, or the address is none."""
    try:
        endpoint = Endpoint(**{**GOOD, "url": f"https://books.example.org/{text}"})
    except ValidationError:
        return
    assert host_of(endpoint.url) == "books.example.org"


@pytest.mark.parametrize(
    "hears",
    [(), ("payments",), ("fund", "PaymentSettled"), ("fund", "fund"), ("PaymentSettled; DROP",), ("",)],
)
def test_what_nobody_can_hear_is_refused(hears: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        Endpoint(**{**GOOD, "hears": hears})


def test_types_and_kinds_are_told_apart() -> None:
    endpoint = Endpoint(**{**GOOD, "hears": ("PaymentSettled", "fund", "payment-file")})
    assert endpoint.event_types == ("PaymentSettled",)
    assert endpoint.streams == ("^fund/[^/]+$", "^payment-file/[^/]+$")
    assert not endpoint.hears_everything
    assert Endpoint(**{**GOOD, "hears": ("everything",)}).hears_everything
