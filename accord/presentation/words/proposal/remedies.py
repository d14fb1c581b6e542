"""What to write in a field of a proposal, by the fault that its model or the first gate tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from accord.presentation.words.codes import CODES, as_sentence, in_plain_words, plainly
from accord.presentation.words.labels import LABELS
from accord.presentation.words.values import listed
from domain.directory.roles import Role
from domain.partnership.procedure import PROCEDURE
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.plans import ReportKind

_FAULTS: Final[Mapping[str, str]] = {
    "missing": "this is needed",
    "string_too_short": "write at least {min_length} characters",
    "string_too_long": "write at most {max_length} characters",
    "enum": "choose one",
    "date_from_datetime_parsing": "write a day, such as 2027-01-15",
    "date_parsing": "write a day, such as 2027-01-15",
    "date_from_datetime_inexact": "write a day, such as 2027-01-15",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "decimal_parsing": "write a number, such as 20000 or 20,000.00",
    "decimal_type": "write a number, such as 20000 or 20,000.00",
    "bool_parsing": "say yes or no",
    "greater_than": "write more than {gt}",
    "greater_than_equal": "write {ge} or more",
    "less_than": "write less than {lt}",
    "less_than_equal": "write {le} or less",
    "too_short": "add at least {min_length}",
    "too_long": "{max_length} is the most that it takes",
    "decimal_max_digits": "write fewer digits: {max_digits} is the most",
    "literal_error": "choose one",
    "string_pattern_mismatch": "write it as in the hint",
}
"""What to write, by the kind of fault that the model tells."""

PATTERNS: Final[Mapping[str, str]] = {
    "reference": "write a number such as P-2026-0042",
    "under": "write a number such as P-2026-0042",
    "gift": "write the number of the gift, such as P-2026-0042",
    "practitioner": "choose one",
    "fund": "choose a fund",
    "into": "choose a fund",
    "funder": "choose one",
    "objective": "choose one",
    "person": "choose somebody",
    "read_by": "choose somebody",
    "email": "write an address such as name@example.org",
    "sha256": "write the 64 characters that a digest has",
    "sector": "write five digits, such as 22040",
    "scheme": "write the register's code, such as GB-CHC",
    "region": "write the name of the region, or its code, such as UA-43",
    "amount": "write a sum, such as 20000 or 20,000.00",
    "number": "write a number, or “not known”",
    "country": "write the name of a country, such as Uganda",
    "currency": "choose a currency",
    "places": "write the name of a country, such as Uganda",
    "objectives": "choose one",
    "community": "say who they are, where, and how many",
    "no_private_benefit": "choose the reason, or say who gains under “Is any of this true?”",
    "benefit": "say who gains",
    "tranches": "add a payment",
}
"""What to write in a field, by its name."""


def remedy(path: str, kind: str, about: Mapping[str, Any], message: str) -> str:
    """Return what to write in a field, by the model's fault."""
    name = path.rpartition(".")[2]
    if kind in _OF_THE_FIELD and name in PATTERNS:
        return PATTERNS[name]
    if kind == "value_error":
        return PATTERNS[name] if name in _LISTED else said_plainly(message)
    return _FAULTS.get(kind, "write it as in the hint").format_map({key: str(value) for key, value in about.items()})


_OF_THE_FIELD: Final = frozenset(
    {"string_pattern_mismatch", "missing", "enum", "int_parsing", "decimal_parsing", "literal_error"}
)
_LISTED: Final = frozenset({"country", "currency", "places"})
"""The fields whose faults name codes that nobody has to know."""


_SAID: Final[Mapping[str, str]] = {
    r"report [0-9]+: give due_on.*": "say when it is due: on a day, or so many days after a payment",
    r".* is not answered; answer it in words.*": "answer it in words",
    r"answer: .* once this installation no longer goes back.*": (
        "an answer can be recorded once whoever runs Accord has finished its upgrade: ask them, and send it then"
    ),
    r"[a-z_.]+: .* once this installation no longer goes back.*": (
        "it can be recorded once whoever runs Accord has finished its upgrade: ask them, and send it then"
    ),
    r"a partnership needs at least one leg.*": "say what moves between both of you",
    r"reports: number them.*": "number the reports 1, 2, 3 in order",
}
"""Refusals that are written for the authors of files, as pages say them."""


def said_plainly(text: str) -> str:
    """Return a refusal in the words of pages: labels for the names of fields, payments for tranches."""
    for written, words in _SAID.items():
        if re.fullmatch(written, text, re.DOTALL):
            return words
    text = roles_said(text)
    text = _FIELD.sub(lambda found: f"“{_named(found['quoted'] or found['bare'])}”", text)
    text = _CODE.sub(lambda code: _STATES[code.group()], _KEY_ID.sub("", _FILE_ID.sub("the payment file", text)))
    return in_plain_words(text).replace("`", "")


def roles_said(text: str) -> str:
    """Return a refusal by role in words: "pia.berg may not answer what was told: a verifier must"."""
    return _BY_ROLE.sub(_said_by_role, text)


def _said_by_role(refusal: re.Match[str]) -> str:
    roles = listed([with_article(Role(code)) for code in refusal["roles"].split(" or ")], "or")
    return f"{refusal['who']} may not {ACTS.get(refusal['act'], refusal['act'])}: {roles} must"


def with_article(role: Role) -> str:
    """Return a role as one of its holders: "a verifier"."""
    words = CODES[Role][role]
    return words if role is Role.COUNSEL else f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


_BY_ROLE: Final = re.compile(
    r"(?P<who>[\w.@-]+) may not (?P<act>[a-z ]+): it needs (?P<roles>[A-Z_]+(?: or [A-Z_]+)*)"
    r"(?:, and (?P=who) holds (?:no role|[A-Z_]+(?:, [A-Z_]+)*))?"
)
"""A refusal by role, as the domain writes it."""

ACTS: Final[Mapping[str, str]] = {
    **{
        str(command.model_fields["kind"].default).replace("_", " "): step.title[:1].lower() + step.title[1:]
        for command, step in PROCEDURE.items()
    },
    "amend": "change what is proposed",
    "assign": "say who looks after it",
    "reopen": "let what came back be paid again",
    "agree hand over": "hand a payment file over",
    "agree never sent": "say that a payment file never reached the bank",
    "agree reopen payments": "let payments be made again after a restore",
    "agree resolution": "resolve an exception of the bank",
    "agree write again": "write a payment file again",
    "erase paper": "erase a paper",
    "answer truth": "answer what was told",
    "ask period close": "ask to close a period of the book",
    "close period": "close a period of the book",
    "ask fund change": "ask for a change of a fund",
    "confirm fund change": "confirm a change of a fund",
    "ask edition": "ask for an edition",
    "confirm edition": "confirm an edition",
    "confirm source": "confirm the source of a rule",
    "hand over": "hand a payment file over",
    "type sheet": "record what was typed into the bank's portal",
    "countersign sheet": "sign what was typed into the bank's portal",
    "sign import": "sign a table of partnerships from before",
    "confirm import": "sign a table of partnerships from before as the second",
    "import bank file": "bring in an answer of the bank",
    "sign mapping": "sign how a bank's CSV is read",
    "make payment file": "make a payment file",
    "never sent": "say that a payment file never reached the bank",
    "open fund": "open a fund",
    "reopen payments": "let payments be made again after a restore",
    "resolve exception": "resolve an exception of the bank",
    "tell": "tell what they learnt",
    "write again": "write a payment file again",
}
"""The acts of refusals by role, to follow "may not", by the name of each with spaces."""


_STATES: Final[Mapping[str, str]] = {
    code: plainly(code) if kind is not Stage else words[:1].lower() + words[1:]
    for kind in (ReportState, ReportKind, TrancheState, Stage)
    for code, words in CODES[kind].items()
} | dict(CODES[Role])
_FILE_ID: Final = re.compile(r"\bACCM[A-Z0-9]{20,}\b")
"""The number of a payment file, which tells nobody anything on the page of that file."""
_KEY_ID: Final = re.compile(r" PK-[A-Z2-7]{16}\b")
_CODE: Final = re.compile(rf"\b({'|'.join(sorted(_STATES, key=len, reverse=True))})\b")
"""The codes of states and roles that refusals name, in one word or several."""


def _named(name: str) -> str:
    path = name.rpartition(".")[2]
    return LABELS.get(("", path)) or as_sentence(plainly(path))


_FIELD: Final = re.compile(r"`(?P<quoted>[a-z_.]+)`|\b(?P<bare>[a-z]+(?:_[a-z]+)+(?:\.[a-z_]+)*)\b")
