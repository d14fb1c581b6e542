"""Bank details in what a grantee writes: no form takes them. A mailbox that was taken over would send new ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from domain.editions.bank_words import ASKING_WORDS
from domain.fault import Fault
from domain.payment.account_numbers import masked_account
from domain.submissions.content import SubmissionContent
from domain.submissions.ibans import iban_in


class BankDetail(StrEnum):
    """A kind of bank details."""

    IBAN = "IBAN"
    ACCOUNT_NUMBER = "ACCOUNT_NUMBER"
    """A number of an account or of a bank, beside words for it."""
    SWIFT = "SWIFT"
    """The code of a bank, beside words for it."""


_NUMBER_WORDS: Final = re.compile(
    r"\b(?:account (?:number|no|nr)|acct|a/c|routing (?:number|no|code)|sort code|bank code|branch code|aba|ifsc|bsb"
    r"|clabe|cbu|iban|rib|numero de (?:la )?cuenta|cuenta (?:bancaria )?(?:numero|no|n|nro)|codigo (?:de |del )?banco"
    r"|numero de compte|compte (?:bancaire )?(?:numero|no|n)|code (?:banque|guichet)|cle rib"
    r"|numero da conta|conta (?:bancaria )?(?:numero|no|n)|codigo do banco)\b"
    r"|رقم (?:ال)?حساب|رقم التوجيه|رمز البنك|ايبان|[账帐賬帳][号號]|银行卡|銀行卡|卡号|路由号|行号",
    re.IGNORECASE,
)
"""Words beside which six digits are a number of an account or of a bank."""

_BANK_WORDS: Final = re.compile(
    rf"{ASKING_WORDS}|حساب(?:ي|نا)? (?:ال)?(?:بنكي|مصرفي)|الحساب (?:البنكي|المصرفي)|[开開]户行|[账帐賬帳][户戶]"
    "|汇款|匯款",
    re.IGNORECASE,
)
"""Words beside which eight digits are, unless they are a sum."""

_SWIFT: Final = re.compile(
    r"(?:(?<![a-z])(?:swift|bic)(?![a-z])|سويفت)(?:[ /-]*(?:swift|bic|code|number|codigo|代[码碼]))*"
    r"(?P<mark>\s*[:=#：]?\s*(?:(?:is|es|est)\s)?\s*)(?P<code>[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?)(?![a-z0-9])",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z+.,])(?<![A-Za-z][-/])[0-9](?:[ .\-\u2010-\u2015/]{0,2}[0-9]){5,33}(?![0-9]|,[0-9])"
)
_DATE_OR_TELEPHONE: Final = re.compile(
    r"\+[0-9][0-9 .()-]{5,20}"
    r"|(?<![0-9])(?:(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d"
    r"|(?:19|20)\d\d ?[-/\u2010-\u2015] ?(?:19|20)\d\d)(?![0-9])"
)
_SUM: Final = re.compile(r"\d{1,3}(?:[ .]\d{3})+|\d+\.\d\d?")
_CURRENCY_BEFORE: Final = re.compile(r"(?:\b[A-Z]{3}|[$€£¥₹])\s?$")
_CURRENCY_AFTER: Final = re.compile(
    r"\s?(?:[A-Z]{3}\b|[$€£¥₹元]|(?:euro|dollar|peso|franc|shilling|dolar|real|reais)s?\b)"
)
_TELEPHONE: Final = re.compile(
    r"(?:\b(?:tel|telephone|phone|fax|call|mobile|whatsapp|telefono|llam\w+|appel\w+|ligue)\b|هاتف|电话)[^0-9]{0,12}$",
    re.IGNORECASE,
)
_AFTER: Final = 40
_BEFORE: Final = 12
"""The most signs from words to a number that follows them, and from a number to words that follow it."""


def fault_of_text(text: str) -> Fault | None:
    """Return the fault of a text that shows bank details, or None if it shows none."""
    detail = _detail_in(text)
    return _fault(*detail) if detail else None


def fault_of_value(value: JsonValue) -> Fault | None:
    """Return the fault of a field's value that shows bank details, also spread over its texts, or None."""
    detail = _detail_of_value(value)
    return _fault(*detail) if detail else None


def bank_details_in(answers: Mapping[str, JsonValue]) -> dict[str, BankDetail]:
    """Return the fields whose values show bank details, with the kind."""
    details = {field: _detail_of_value(value) for field, value in answers.items()}
    return {field: detail[0] for field, detail in details.items() if detail is not None}


def marked_fields(content: SubmissionContent) -> dict[str, BankDetail]:
    """Return the fields of what was handed in that staff look at: answers, names of papers and of the person."""
    papers = {paper.field: paper.name for paper in content.papers}
    fields = bank_details_in({"name": content.name, "capacity": content.capacity})
    return {**fields, **bank_details_in(papers), **bank_details_in(content.answers)}


def _fault(kind: BankDetail, number: str) -> Fault:
    words = {
        BankDetail.IBAN: "an IBAN",
        BankDetail.ACCOUNT_NUMBER: "the number of a bank account",
        BankDetail.SWIFT: "the code of a bank",
    }[kind]
    return Fault(
        f"this looks like {words} ({masked_account(number)}); bank details are never taken or changed by a form: "
        "take it out, and call the person whom you know at the funder"
    )


def _detail_in(text: str) -> tuple[BankDetail, str] | None:
    plain_text = _plain(text)
    if iban := iban_in(plain_text):
        return BankDetail.IBAN, iban
    if number := _number_in(_DATE_OR_TELEPHONE.sub(lambda match: "~" * len(match[0]), plain_text)):
        return BankDetail.ACCOUNT_NUMBER, number
    if code := _swift_in(plain_text):
        return BankDetail.SWIFT, code
    return None


def _detail_of_value(value: JsonValue) -> tuple[BankDetail, str] | None:
    texts = list(_texts(value))
    if detail := next((detail for text in texts if (detail := _detail_in(text))), None):
        return detail
    iban = iban_in(_plain("\n".join(texts))) if len(texts) > 1 else None
    return (BankDetail.IBAN, iban) if iban else None


def _texts(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from _texts_of(value.values())
    elif isinstance(value, list | tuple):
        yield from _texts_of(value)


def _texts_of(values: Iterable[JsonValue]) -> Iterator[str]:
    for value in values:
        yield from _texts(value)


def _plain(text: str) -> str:
    """Return a text without accents and invisible signs, with the digits of every script as ASCII."""
    if text.isascii():
        return text
    signs = (sign for sign in unicodedata.normalize("NFKD", text) if unicodedata.category(sign) not in {"Mn", "Cf"})
    return "".join(str(digit) if (digit := unicodedata.decimal(sign, None)) is not None else sign for sign in signs)


def _number_in(text: str) -> str | None:
    strong, weak = (_spans(words, text) for words in (_NUMBER_WORDS, _BANK_WORDS))
    if not strong and not weak:
        return None
    for match in _NUMBER.finditer(text):
        digits = re.sub(r"[^0-9]", "", match[0])
        if _TELEPHONE.search(text, max(0, match.start() - 40), match.start()):
            continue
        if _is_beside(match, strong) or (len(digits) >= 8 and not _is_sum(text, match) and _is_beside(match, weak)):
            return digits
    return None


def _spans(words: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return the places of such words. Swift and BIC have other senses, and a rule of their own."""
    return [match.span() for match in words.finditer(text) if match[0].lower() not in {"swift", "bic"}]


def _is_beside(number: re.Match[str], words: list[tuple[int, int]]) -> bool:
    return any(0 <= number.start() - end <= _AFTER or 0 <= start - number.end() <= _BEFORE for start, end in words)


def _is_sum(text: str, number: re.Match[str]) -> bool:
    return bool(
        _SUM.fullmatch(number[0])
        or _CURRENCY_BEFORE.search(text, max(0, number.start() - 5), number.start())
        or _CURRENCY_AFTER.match(text, number.end())
    )


def _swift_in(text: str) -> str | None:
    for match in _SWIFT.finditer(text):
        code = match["code"]
        has_words = re.search(r"bic|code|codigo", match[0][: -len(code)], re.IGNORECASE) or not text.isupper()
        if re.search(r"[:=#]", match["mark"]) or (code.isupper() and (has_words or re.search("[0-9]", code))):
            return code.upper()
    return None
