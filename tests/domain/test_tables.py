"""Codes of countries and currencies that were ever accepted are read for ever, whatever a newer table withdraws."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

import iso4217
import pycountry
import pytest
from pydantic import TypeAdapter, ValidationError
from rigour.territories import get_territories

from domain.values import Country, Currency, minor_digits
from registers.sources.countries import country_code

GOLDEN: Final = Path(__file__).parent / "golden" / "codes.json"
REMEDY: Final = "a newer table withdrew a code that records may hold: keep it for what is recorded (domain/values.py)"


def codes() -> dict[str, Any]:
    """What the tables hold today."""
    digits = {str(one.code): int(one.exponent or 0) for one in iso4217.Currency}
    return {"countries": sorted(one.alpha_2 for one in pycountry.countries), "currencies": dict(sorted(digits.items()))}


def kept() -> dict[str, Any]:
    """What was ever accepted."""
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        before = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {"countries": [], "currencies": {}}
        now = codes()
        every = {"countries": sorted({*before["countries"], *now["countries"]})}
        written = json.dumps({**every, "currencies": now["currencies"] | before["currencies"]}, indent=1)
        GOLDEN.write_text(written + "\n", "utf-8")
    said: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))
    return said


def test_every_code_that_was_ever_accepted_is_read_today() -> None:
    known = codes()
    assert set(kept()["countries"]) <= set(known["countries"]), REMEDY
    assert kept()["currencies"].items() <= known["currencies"].items(), REMEDY


def test_a_currency_keeps_its_decimal_places() -> None:
    assert {one: minor_digits(one) for one in kept()["currencies"]} == kept()["currencies"], REMEDY


@pytest.mark.parametrize(("kind", "code"), [(Country, "ZZ"), (Country, "uk"), (Currency, "XYZ"), (Currency, "usd")])
def test_what_no_table_holds_is_refused(kind: Any, code: str) -> None:
    with pytest.raises(ValidationError, match=r"is n(o|ot an) ISO"):
        TypeAdapter(kind).validate_python(code)


@pytest.mark.slow
def test_the_table_of_names_and_that_of_codes_agree() -> None:
    """Names on lists are looked up in another table than codes are: it knows every country, by the same code."""
    named = {one.code.upper() for one in get_territories() if len(one.code) == 2 and not one.is_historical}
    assert {one.alpha_2 for one in pycountry.countries} <= named
    differ = {one.name for one in pycountry.countries if country_code(one.name) != one.alpha_2}
    assert differ == {"Congo"}, "Congo is two countries' name on lists"
