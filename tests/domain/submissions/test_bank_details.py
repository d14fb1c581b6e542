"""Bank details are found in what a grantee writes, however they are written. Other numbers pass."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from schwifty.registry import get_iban_spec

from domain.submissions.bank_details import BankDetail, bank_details_in, fault_of_text, fault_of_value
from domain.submissions.ibans import COUNTRY_FORMS

SIGNS = {"n": string.digits, "a": string.ascii_uppercase, "c": string.digits + string.ascii_uppercase}
FULL_WIDTH = str.maketrans(string.digits, "０１２３４５６７８９")
ARABIC = str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩")


@st.composite
def ibans(draw: st.DrawFn, countries: tuple[str, ...] = tuple(sorted(COUNTRY_FORMS))) -> str:
    """Valid IBANs of every country that has some."""
    country = draw(st.sampled_from(countries))
    signs = "".join(
        draw(st.text(SIGNS[kind], min_size=number, max_size=number)) for number, kind in COUNTRY_FORMS[country]
    )
    remainder = int("".join(str(int(sign, 36)) for sign in f"{signs}{country}00")) % 97
    return f"{country}{98 - remainder:02d}{signs}"


def written(iban: str, way: str) -> str:
    groups = [iban[start : start + 4] for start in range(0, len(iban), 4)]
    match way:
        case "spaces" | "hyphens" | "breaks" | "no-break":
            apart = {"spaces": " ", "hyphens": "-", "breaks": " \r\n  ", "no-break": "\u00a0"}[way]
            return apart.join(groups)
        case "letters apart":
            return " ".join(iban)
        case "lower case":
            return iban.lower()
        case "full width":
            return iban.translate(FULL_WIDTH)
        case "arabic":
            return iban.translate(ARABIC)
        case "invisible signs":
            return "\u200b".join(groups)
        case _:
            return iban


WAYS = ("one piece", "spaces", "hyphens", "breaks", "no-break", "letters apart", "lower case", "full width", "arabic",
        "invisible signs")  # fmt: skip


def test_the_forms_of_the_countries_are_those_of_the_registry() -> None:
    for country, form in COUNTRY_FORMS.items():
        assert sum(number for number, _ in form) == get_iban_spec(country).bban_length, country
    known = {
        first + second for first in string.ascii_uppercase for second in string.ascii_uppercase if spec(first + second)
    }
    assert known == set(COUNTRY_FORMS)


def spec(country: str) -> bool:
    try:
        return get_iban_spec(country) is not None
    except SchwiftyException:
        return False


@given(iban=ibans(), way=st.sampled_from(WAYS))
def test_an_iban_of_any_country_is_found_however_it_is_written(iban: str, way: str) -> None:
    for text in (written(iban, way), f"Please pay to {written(iban, way)}, as before.", f"IBAN{written(iban, way)}"):
        assert fault_of_text(text) is not None, text


def test_an_iban_of_a_bank_is_found() -> None:
    for country in ("DE", "NL", "GB", "FR", "ES", "BR"):
        assert bank_details_in({"summary": f"now {IBAN.random(country).formatted}"}) == {"summary": BankDetail.IBAN}


@given(iban=ibans(("DE", "NL", "GB", "FR")), place=st.integers(4, 13))
def test_an_iban_whose_checksum_fails_is_none(iban: str, place: int) -> None:
    digit = iban[place]
    other = str((int(digit) + 1) % 10) if digit.isdigit() else chr((ord(digit) - 64) % 26 + 65)
    assert fault_of_text(f"{iban[:place]}{other}{iban[place + 1 :]}") is None


def test_the_fault_says_what_it_is_and_what_to_do_and_does_not_repeat_it() -> None:
    words = str(fault_of_text("Our new account is DE89 3704 0044 0532 0130 00."))
    assert "an IBAN (…3000)" in words
    assert "call the person" in words
    assert "3704" not in words


@pytest.mark.parametrize(
    "text",
    [
        "Our account number is 12345678",
        "account no. 12-34-567",
        "Routing number: 021000021",
        "ABA 021000021",
        "sort code 20-00-00",
        "12345678 is the account number",
        "Please use our new bank account 0012 3456 7890",
        "BSB 062-000",
        "El número de cuenta es 0049 1500 05 1234567892",
        "nuestra cuenta bancaria: 12345678901",
        "CLABE 032180000118359719",
        "Notre numéro de compte : 00012345678",
        "RIB 30004 00003 00010123456 43",
        "compte n° 20041010050500013",
        "O número da conta é 12345-6",
        "conta bancária 00123456-7",
        "رقم الحساب: ١٢٣٤٥٦٧٨٩٠",
        "الحساب البنكي 1234567890",
        "银行账号：6222021234567890123",
        "我们的账户 6222021234567890123",
        "Account number:\n12345678",
    ],
)
def test_a_number_beside_words_for_an_account_is_found(text: str) -> None:
    assert bank_details_in({"field": text}) == {"field": BankDetail.ACCOUNT_NUMBER}


@pytest.mark.parametrize(
    "text",
    [
        "SWIFT: DEUTDEFF",
        "swift code DEUTDEFF500",
        "BIC BNPAFRPPXXX",
        "Código SWIFT: BSCHESMM",
        "code BIC : bnpafrpp",
        "SWIFT代码：ICBKCNBJ",
        "سويفت: NBADAEAA",
        "SWIFT/BIC is CHASUS33",
    ],
)
def test_the_code_of_a_bank_beside_words_for_it_is_found(text: str) -> None:
    assert bank_details_in({"field": text}) == {"field": BankDetail.SWIFT}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Call us at +32 2 123 45 67 or 0041 22 123 45 67.",
        "Our bank account is in order; call +256 700 123456",
        "The bank account holds 12 500 000 UGX, and 250000 USD stand out.",
        "bank account: 12.500.000 pesos",
        "The bank account's statement of 2026-11-30 is attached, that of 31/12/2025 was before.",
        "statements of the bank account 2025-2026",
        "ISBN 978-3-16-148410-0, ISSN 2049-3630",
        "EIN 12-3456789",
        "Grant ISOC-2026-0012345, partnership P-2026-0042, award 2026/000123456",
        "We made a swift response in 12 districts to 20261234 people",
        "SWIFT DELIVERY OF GOODS",
        "Swift code review, swift provided",
        "On account of 12,500 pupils, no longer 1,234,567 hectares",
        "ORCID 0000-0002-1825-0097; DOI 10.1000/182; 52.370216, 4.895168",
        "Wire 4 schools, 123456 pupils; wiring of 1200000 metres",
        "El número de teléfono es 600 123 456",
        "我们有 12345678 名学生",
        "GB 2026, DE 2026, FR 10 000 000, NL 20 000",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert fault_of_text(text) is None, text


@pytest.mark.slow
@given(
    telephone=st.from_regex(r"\+[1-9][0-9]{0,2} [0-9]{2,3} [0-9]{3} [0-9]{2,4}", fullmatch=True),
    day=st.dates(date(1950, 1, 1), date(2099, 1, 1)),
    isbn=st.from_regex(r"97[89]-[0-9]-[0-9]{2}-[0-9]{6}-[0-9]", fullmatch=True),
    ein=st.from_regex(r"[0-9]{2}-[0-9]{7}", fullmatch=True),
    grant=st.from_regex(r"(?:ISOC|GR|EU)-20[0-9]{2}-[0-9]{3,7}", fullmatch=True),
    amount=st.integers(0, 10**9),
)  # fmt: skip
def test_telephones_days_books_tax_and_grant_numbers_and_sums_pass(
    telephone: str, day: date, isbn: str, ein: str, grant: str, amount: int
) -> None:
    text = (
        f"Reach us at {telephone}. On {day}, {day:%d/%m/%Y} and {day:%d.%m.%Y} we spent {amount:,}.00 EUR, {amount} in "
        f"all. See ISBN {isbn}. Our EIN is {ein}; the grant is {grant}."
    )
    assert fault_of_text(text) is None


@given(text=st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    fault_of_text(text)


@given(text=st.text("abcdefghij klmnopqrstuvwxyz.,\n", max_size=400))
def test_words_alone_pass(text: str) -> None:
    assert fault_of_text(text) is None


def test_an_iban_that_is_spread_over_the_cells_of_a_table_is_found() -> None:
    assert fault_of_value([{"what": "rent", "note": "DE89 3704 0044"}, {"what": "0532 0130 00"}]) is not None
    assert fault_of_value([{"what": "rent", "sum": "12500.00"}, 4, None, True]) is None
