"""A draft as its pages show it: the question of each field, its choices, its text, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import pycountry

from accord.console.proposing import ticks
from accord.console.proposing.content import TRANCHES, nodes_of, with_room
from accord.console.proposing.drafts import Draft
from accord.console.proposing.pages import Missing, anchor, is_within
from accord.presentation import form_content, forms
from accord.presentation.words.codes import CODES, as_sentence, plainly
from accord.presentation.words.proposal.questions import FormQuestion, question_at
from accord.presentation.words.proposal.seldom import Circumstance
from accord.presentation.words.values import country_in_words, region_in_words, sum_in_words
from domain.directory.directory import Directory
from domain.directory.tiers import asks_public_offices
from domain.partnership.acts import Choices

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {enum.__name__: words for enum, words in CODES.items()}
COUNTRIES: Final = tuple(sorted(country_in_words(str(country.alpha_2)) for country in pycountry.countries))
"""The names of all countries, as a field offers them."""
EIN_DIGITS: Final = 9
OFTEN: Final = frozenset({"PROGRAMME", "EQUIPMENT", "TRAINING"})
"""The uses of money that are in sight at once."""


@dataclass(frozen=True)
class DraftForm:
    """A draft on its pages. Templates ask it for everything by path."""

    draft: Draft
    directory: Directory
    funds: Sequence[Mapping[str, Any]]
    """The open funds with their sums, as the list of funds has them."""
    missing: tuple[Missing, ...] = ()
    wrong: Mapping[str, Sequence[str]] = field(default_factory=dict)
    needed: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def content(self) -> dict[str, Any]:
        """The content, with a place for every question."""
        return with_room(self.draft.content)

    @cached_property
    def nodes(self) -> Mapping[str, forms.Node]:
        """The fields, groups and lists, by path."""
        return nodes_of(self.content)

    @property
    def people_behind(self) -> frozenset[str]:
        """The names behind the partner. One person may stand there in several parts."""
        parts = self.nodes["partner.principals"].children
        return frozenset(filter(None, (self.value(f"{part.path}.name").strip() for part in parts)))

    def has(self, path: str) -> bool:
        """True if there is something at a path."""
        return form_content.at(self.content, path) is not None

    def question(self, path: str) -> FormQuestion:
        """Return the question of a field."""
        node = self.nodes.get(path)
        if node is None:
            return question_at(path, "")
        return question_at(path, node.owner, node.hint if not node.value_class else "", node.kind == "tick")

    def yes_or_no(self, path: str) -> str:
        """Return the answer to a question that must be answered: yes, no, or '' before anybody did."""
        value = form_content.at(self.content, path)
        return forms.YES_OR_NO[value] if isinstance(value, bool) else str(value or "")

    def anchor(self, path: str) -> str:
        """Return the id of a field or group."""
        return anchor(path)

    def value(self, path: str) -> str:
        """Return the text in a field, in the words that people would write."""
        node = self.nodes.get(path)
        if node is None:
            return ""
        if node.name == "country" or path.rpartition(".")[0].endswith("restriction.places"):
            return country_in_words(node.value)
        if node.name == "region":
            return region_in_words(node.value) if node.value else ""
        if node.name == "ein" and len(node.value) == EIN_DIGITS and node.value.isdigit():
            return f"{node.value[:2]}-{node.value[2:]}"
        return "not known" if node.value == "NOT_KNOWN" else node.value

    def values(self, path: str) -> list[str]:
        """Return the chosen values of a list."""
        return [str(value) for value in form_content.at(self.content, path) or ()]

    def faults(self, path: str) -> Sequence[str]:
        """Return the fault in a field."""
        return self.wrong.get(path, ())

    def in_trouble(self, path: str) -> bool:
        """True if something is missing at a path, or within it."""
        return any(wanted_answer.step and is_within(wanted_answer.field, path) for wanted_answer in self.missing)

    def is_begun(self, paths: Sequence[str]) -> bool:
        """True if something was answered at one of some paths."""
        return any(leaf.value for path in paths if path in self.nodes for leaf in self.nodes[path].leaves)

    def is_optional(self, path: str) -> bool:
        """True if a question that nobody answered may stay so."""
        node = self.nodes.get(path)
        if node is None or node.required or path in self.needed:
            return False
        return not self.is_begun((path,)) and not self.in_trouble(path)

    def in_wrong(self, path: str) -> bool:
        """True if something that was typed at a path, or within it, is wrong."""
        return any(is_within(wrong_path, path) for wrong_path in self.wrong)

    def is_on(self, one: Circumstance) -> bool:
        """True if a tick is set."""
        return ticks.is_on(self.content, one)

    def says_none(self, leg: str) -> bool:
        """True if it is answered that nothing of a group is true."""
        return ticks.says_none(self.content, leg)

    def is_partner(self, path: str) -> bool:
        """True if a party is the partner."""
        return bool(form_content.at(self.content, f"{path}.{forms.SAME}"))

    def choices(self, path: str) -> Choices | None:
        """Return the choices of a field, each with its words, or None where people write."""
        node = self.nodes[path]
        found = self._choices(node)
        if found is None or not node.value or node.value in dict(found):
            return found
        return (*found, (node.value, node.value))  # of an earlier directory: it stays what it was

    def _choices(self, node: forms.Node) -> Choices | None:
        if node.value_class in _WORDS:
            words = _WORDS[node.value_class]
            return tuple((code, as_sentence(words[code])) for code in node.choices or words)
        if node.kind == "choice":
            return tuple((code, as_sentence(plainly(code))) for code in node.choices)
        match node.name:
            case "funder":
                return tuple((funder.funder_id, funder.name) for funder in self.directory.funders)
            case "fund" | "into":
                return tuple((str(row["fund"]), _fund_words(row)) for row in self.funds)
            case "person" | "read_by":
                return tuple((member.staff_id, member.name) for member in self.directory.staff)
            case "currency":
                return tuple((code, code) for code in self.currencies)
            case "after_tranche":
                return tuple((str(number), f"payment {number}") for number in self.payments)
            case "organization":
                return tuple((name, name) for name in self.parties)
        return self._objectives(node)

    def _objectives(self, node: forms.Node) -> Choices | None:
        way = node.path.rpartition(".")[0].rpartition(".")[2]
        rules = self.directory.rules
        if rules is None or not rules.objectives or "objective" not in {node.name, way.removesuffix("s")}:
            return None
        return tuple((objective.code, objective.words) for objective in rules.objectives)

    @property
    def has_objectives(self) -> bool:
        """True if the organisation has a list of objectives."""
        return bool(self.directory.rules and self.directory.rules.objectives)

    @property
    def asks_public_offices(self) -> bool:
        """True if the organisation asks people behind a payee for prominent public offices."""
        return asks_public_offices(self.directory.rules)

    @property
    def has_own_aim(self) -> bool:
        """True if the aim is in other words than those of an objective."""
        rules = self.directory.rules
        words = {objective.words for objective in rules.objectives} if rules is not None else set()
        return not words or self.value("public_interest.mission_objective") not in {"", *words}

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of which sums may be approved."""
        rules = self.directory.rules
        return tuple(dict.fromkeys(tier.currency for tier in rules.tiers)) if rules is not None else ()

    @property
    def payers(self) -> Choices:
        """The funders, each alone and with each of its funds."""
        rows = {
            one.funder_id: [row for row in self.funds if row["funder"] == one.funder_id]
            for one in self.directory.funders
        }
        return tuple(
            pair
            for one in self.directory.funders
            for pair in (
                (one.funder_id, one.name if not rows[one.funder_id] else f"{one.name}, no fund chosen"),
                *((f"{one.funder_id} {row['fund']}", f"{one.name}: {_fund_words(row)}") for row in rows[one.funder_id]),
            )
        )

    @property
    def payer(self) -> str:
        """The chosen funder, with its fund if it is one."""
        out = self.content.get("funds_out") or {}
        funds = out.get("funds") or []
        fund = funds[0].get("fund", "") if funds and not ticks.is_in_parts(self.content) else ""
        return f"{out.get('funder', '')} {fund}".strip()

    @property
    def fund(self) -> Mapping[str, Any] | None:
        """The one fund that pays, with its sums, or None."""
        return next((row for row in self.funds if row["fund"] == self.payer.partition(" ")[2]), None)

    @property
    def payments(self) -> Sequence[int]:
        """The numbers of the payments."""
        return range(1, len(form_content.at(self.content, TRANCHES) or ()) + 1)

    @property
    def currency(self) -> str:
        """The currency of all payments, or ''."""
        return ticks.currency_of(self.content)

    @property
    def total(self) -> str:
        """The sum of all payments that are read, or '' before there is one."""
        paths = (f"{TRANCHES}.{number - 1}.money.amount" for number in self.payments)
        read = [self.sums[path].rpartition(" ")[2].replace(",", "") for path in paths if path in self.sums]
        return (
            sum_in_words(sum(map(Decimal, read), Decimal(0)), self.currency)
            if read and self.currency in self.currencies
            else ""
        )

    @property
    def paid_to(self) -> str:
        """The name of the payee."""
        return self.value("partner.name" if self.is_partner("funds_out.payee") else "funds_out.payee.name")

    @property
    def given_by(self) -> str:
        """The name of the donor."""
        return self.value("partner.name" if self.is_partner("funds_in.donor") else "funds_in.donor.name")

    @property
    def parties(self) -> list[str]:
        """The names of all parties."""
        named = (node for node in self.nodes.values() if node.is_party)
        return list(dict.fromkeys(name for node in named if (name := self.value(f"{node.path}.name"))))


def _fund_words(row: Mapping[str, Any]) -> str:
    available = (
        sum_in_words(Decimal(row["available"]), str(row["currency"])) if row.get("available") is not None else ""
    )
    name = row.get("name") or row["fund"]
    return f"{name} · {available} available" if available else str(name)
