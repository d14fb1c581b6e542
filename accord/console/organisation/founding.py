"""Founding the directory of an empty database: who its first people are, prepared here and recorded elsewhere.

Nobody has a key yet by which an act could count, so nobody can sign this, and the console's login appends nothing.
Whoever runs the database records it, in a shell, where it shows the same people and keys (ADR 0094).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.faults import faults_on
from accord.console.deciding.fields import Field, said
from accord.console.organisation.enrolments import key_told
from accord.console.organisation.people_forms import member_of
from accord.console.organisation.preparing import given
from accord.console.organisation.waiting import WaitingFounding
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import places_of
from accord.presentation.numbers import whole_number
from accord.presentation.sums import read_sum
from accord.presentation.words.codes import words_of
from accord.presentation.words.organisation.directory import changes_in_words
from accord.presentation.words.organisation.founding import words_of_lack
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.directory.directory import GUARDIANS, Directory
from domain.directory.one_key import taken_key_fault
from domain.directory.people import Fact, HouseRulesSet, KeyEnrolled, StaffMember, StaffRegistered
from domain.directory.tiers import FIRST_RULES, TWO, HouseRules, Role, Tier
from domain.partnership.people.fewest import FEWEST_GUARDIANS, fewest_staff, first_staff

_MOST: Final = 20
"""People that a founding names. Others join later, by two guardians."""
_CODE: Final = 16
"""Digits of the digest by which a founding is named in the shell."""

RULES: Final = (
    Field("currency", "Currency of the rules", "Three letters, such as USD.", "line"),
    Field("small", "Up to this sum two approve", "A programme approver and a finance approver.", "line"),
    Field("large", "Up to this sum a director approves too", "Empty for any sum.", "line"),
    Field("cooling_off_days", "Working days without payment after a change of bank details", kind="line"),
    Field("second_at_hand_over", "A second person signs before a payment file is handed over", kind="tick"),
)


async def _is_founded(console: Console) -> bool:
    return bool((await console.desk.directory()).version)


async def form(request: Request) -> Response:
    """Show the form of the first people, or where to sign in once there are some."""
    if await _is_founded(request.app.state.console):
        return _founded(request)
    return _form(request, _offered(), len(first_staff()))


def _offered() -> dict[str, list[str]]:
    """Return the answers offered by the form: the first rules, and the roles of as few people as they need."""
    small_tier = FIRST_RULES.tiers[0]
    roles = {f"roles_{number}": [*member.roles] for number, member in enumerate(first_staff())}
    return {
        "currency": [small_tier.currency],
        "small": [f"{small_tier.up_to:,}"],
        "cooling_off_days": [str(FIRST_RULES.cooling_off_days)],
        **{name: [role.value for role in of_person] for name, of_person in roles.items()},
    }


def _founded(request: Request) -> Response:
    return problem(request, 401, "the directory is founded: sign in, and let its guardians enter others")


def _form(request: Request, answers: Mapping[str, list[str]], count: int, fault: Exception | None = None) -> Response:
    people = tuple(field for number in range(count) for field in _person_fields(number))
    fields = (*people, *RULES)
    faults = faults_on(fields, fault, NamesInWords(Directory()))
    beside = {field.name: [fault.words for fault in faults if fault.field == field.name] for field in fields}
    context = {
        "people": [(number + 1, _person_fields(number)) for number in range(count)], "rules": RULES, "given": answers,
        "count": count, "faults": faults, "beside": beside, "most": _MOST, "fewest": len(first_staff()),
        "fewest_of_two": len(fewest_staff(TWO)), "fewest_guardians": FEWEST_GUARDIANS,
        "enrol": f"{request.app.state.console.settings.signing_origin}/enrol/",
    }  # fmt: skip
    return page(request, "found.html", context, 422 if faults else 200)


def _person_fields(number: int) -> tuple[Field, ...]:
    roles = tuple((role.value, words_of(role) + (", a guardian" if role in GUARDIANS else "")) for role in Role)
    return (
        Field(f"name_{number}", "Name", kind="line"),
        Field(f"staff_id_{number}", "Id", "As they sign in, such as amara.okello.", "line"),
        Field(f"roles_{number}", "Roles", kind="choices", choices=roles),
        Field(f"key_{number}", "The id of their passkey", "As they tell it to you.", "line"),
    )


async def prepare(request: Request) -> Response:
    """Keep a founding for whoever runs the database, and lead to the page that says what to do then."""
    console: Console = request.app.state.console
    if await _is_founded(console):
        return _founded(request)
    answers = await given(request)
    count = min(max(whole_number(said(answers, "count"), most_digits=2) or len(first_staff()), 1), _MOST)
    if said(answers, "do") == "more":
        return _form(request, answers, min(count + 1, _MOST))
    try:
        founding = await _facts(console, answers, count)
        address = await console.prepared.keep(WaitingFounding(founding=founding))
    except (BadInput, Refused) as fault:
        return _form(request, answers, count, fault)
    return RedirectResponse(f"/found/{address}", 303)


async def _facts(console: Console, answers: Mapping[str, list[str]], count: int) -> tuple[Fact, ...]:
    """Return the facts of a founding. Raises BadInput for a wrong field, or if too few could act afterwards."""
    entries: list[StaffRegistered | KeyEnrolled] = []
    for number in range(count):
        if any(said(answers, f"{name}_{number}") for name in ("name", "staff_id", "key")):
            entries += await _person(console, answers, number)
    members = [fact.member for fact in entries if isinstance(fact, StaffRegistered)]
    if len({member.staff_id for member in members}) < len(members):
        raise BadInput("two people have the same id; give each one of their own")
    if fault := taken_key_fault(Directory(), tuple(entries)):
        raise BadInput(str(fault))
    keyed = {fact.staff_id for fact in entries if isinstance(fact, KeyEnrolled)}
    _require_guardians([member for member in members if member.staff_id in keyed])
    return (*entries, HouseRulesSet(rules=_rules(answers)))


async def _person(
    console: Console, answers: Mapping[str, list[str]], number: int
) -> tuple[StaffRegistered | KeyEnrolled, ...]:
    own = {name: answers.get(f"{name}_{number}", []) for name in ("name", "staff_id", "roles", "key")}
    try:
        member = member_of(said(own, "staff_id"), own)
        if not said(own, "key"):
            return (StaffRegistered(member=member),)
        key = await key_told(console, member.staff_id, said(own, "key"))
    except BadInput as fault:
        names = [f"{line.partition(':')[0]}_{number}:{line.partition(':')[2]}" for line in str(fault).splitlines()]
        raise BadInput("\n".join(names)) from None
    return StaffRegistered(member=member), KeyEnrolled(staff_id=member.staff_id, key=key)


def _require_guardians(members: list[StaffMember]) -> None:
    """Require a director with a key, which seals the directory, and another guardian with one."""
    guardians = [member for member in members if not GUARDIANS.isdisjoint(member.roles)]
    if len(guardians) < 2 or all(Role.DIRECTOR not in member.roles for member in guardians):
        raise BadInput(
            "two guardians with passkeys are needed, one of them a director: else nobody could change the directory"
        )


def _rules(answers: Mapping[str, list[str]]) -> HouseRules:
    currency, days = said(answers, "currency").upper(), whole_number(said(answers, "cooling_off_days"), most_digits=2)
    if days is None:
        raise BadInput("cooling_off_days: write a number of days, such as 3")
    small = _limit(answers, "small", currency)
    large = _limit(answers, "large", currency) if said(answers, "large") else None
    if large is not None and large <= small:
        raise BadInput("large: write a sum above the one before, or leave it empty")
    try:
        tiers = (
            Tier(currency=currency, up_to=small, quorum=TWO),
            Tier(currency=currency, up_to=large, quorum=(*TWO, Role.DIRECTOR)),
        )
        second = bool(said(answers, "second_at_hand_over"))
        return HouseRules(tiers=tiers, cooling_off_days=days, second_at_hand_over=second)
    except ValueError:
        raise BadInput("currency: write the three letters of a currency, such as USD, and sums above zero") from None


def _limit(answers: Mapping[str, list[str]], name: str, currency: str) -> Decimal:
    try:
        return Decimal(read_sum(said(answers, name), currency, places_of(currency)))
    except BadInput as fault:
        raise BadInput(f"{name}: {fault}") from None


async def show(request: Request) -> Response:
    """Show what would be founded, and how whoever runs the database records it."""
    console: Console = request.app.state.console
    waiting = await console.prepared.at(request.path_params["address"])
    if await _is_founded(console):
        return _founded(request)
    if not isinstance(waiting, WaitingFounding):
        return problem(request, 404, "nothing waits here: it was shown for a quarter of an hour; prepare it again")
    guardians = _guardians(waiting)
    context: dict[str, Any] = {
        "sentences": changes_in_words(Directory(), waiting.founding),
        "code": waiting.digest[:_CODE],
        "guardians": guardians,
        "lacks": words_of_lack(waiting.founding),
    }
    return page(request, "founding.html", context)


def _guardians(waiting: WaitingFounding) -> int:
    members = [fact.member for fact in waiting.founding if isinstance(fact, StaffRegistered)]
    return sum(1 for member in members if not GUARDIANS.isdisjoint(member.roles))
