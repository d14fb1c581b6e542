"""What is signed has one text: the sooner way writes the bytes of RFC 8785, whatever it is given."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from domain.canonical_json import canonical_json, canonical_with

numbers = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False))
texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.sampled_from(
        [":1.5", "[30000.00", ",-1e5", "NaN", ":NaN", "\x00\x1f\x7f", "\u2028", "\ue000", "\U0001f600", 'a\\"/']
    ),
)
contents = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=20,
)


@given(st.dictionaries(texts, contents, max_size=5))
@example({"\U0001f600": 1, "\ue000": 2})
@example({"at": "2026-12-01T09:30:12.5Z", "share": 0.5, "most": -1e22})
@example({"n": [1e22, 1.0, -0.0, 1e-7, 5e-324], "i": [2**53 - 1, 10**15, 10**14]})
def test_the_bytes_are_those_of_rfc_8785(content: dict[str, Any]) -> None:
    assert canonical_json(content) == rfc8785.dumps(content)


@given(st.dictionaries(st.sampled_from(["at", "member_", "n", "z"]), contents), contents)
def test_a_member_that_is_canonical_already_stands_in_its_place(content: dict[str, Any], member: Any) -> None:
    whole = canonical_with(content, "member", rfc8785.dumps(member))
    assert whole == rfc8785.dumps({**content, "member": member})


@pytest.mark.parametrize(
    "unsayable", [float("nan"), float("inf"), -float("inf"), 2**53, -(2**60), "\ud800", b"bytes", {1}]
)
def test_what_json_cannot_say_exactly_is_refused_as_the_library_refuses_it(unsayable: Any) -> None:
    for content in ({"a": unsayable}, {"a": [unsayable]}):
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical_json(content)
