"""Proposals drawn with every field, and what the registers and lists say of whom they name, as production asks them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final, NamedTuple, get_args

from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_core import to_jsonable_python

from domain.parties import FunderProfile, Party
from domain.policy.findings import Assessment
from domain.policy.rulebook import EDITIONS, RuleBook, assess
from domain.proposal import Proposal
from domain.screening.evidence import Verification
from domain.screening.screened import who_is_screened
from domain.screening.tax_status import StatusEvidence, SupportedEvidence
from tests.builders import (
    abroad,
    as_given,
    beneficiary,
    benefit,
    company,
    complete_equivalency,
    exchange,
    funding,
    funds_in,
    funds_out,
    joint,
    master_file,
    match,
    paper,
    party,
    publication_78,
    regrant,
    revocation,
    screening,
    sponsorship,
    status,
)
from tests.domain.policy.answers import answered
from tests.domain.policy.language import ALIGNED, PROFILES
from tests.domain.policy.newer.fields import FIELDS, LISTED, REVOKED, Field, Tell

BOOK: Final = EDITIONS["2026.5"]
NOWHERE = status(master_file=None, name_agreement=0.0)
BOTH = status(publication78=(publication_78(),))
CENTRAL = status(ein="001000009", master_file=master_file(affiliation="6", group_number="1234"))

FOUND: Final = (
    BOTH,
    BOTH,
    status(),
    NOWHERE,
    status(name_agreement=10.0),
    status(master_file=master_file(foundation="04")),
    status(master_file=master_file(foundation="17")),
    status(master_file=master_file(foundation="18")),
    status(master_file=master_file(foundation="21")),
    status(master_file=master_file(subsection="06", foundation="00")),
    status(master_file=master_file(affiliation="9", group_number="1234")),
)
"""What the registers may say of the payee's EIN."""

_OUT: Final[dict[str, Any]] = {"alignment": ALIGNED, "uses": ["TRAINING"]}
_GROUP: Final = {"central": {"name": "United Libraries", "ein": "001000009"}, "papers": [paper("GROUP_CONFIRMATION")]}
_MINISTRY = abroad("Ministry of ICT", kind="GOVERNMENT", papers=[paper("GOVERNMENT_STATUS")])
_SOLD: Final = {"kind": "SPONSORSHIP"}


def _paid(payee: Party | None = None, **leg: Any) -> dict[str, Any]:
    return {"funds_out": funds_out(payee=payee, **{**_OUT, **leg})}


BASES: Final[dict[str, dict[str, Any]]] = {
    "a charity": _paid(),
    "a member of a group": _paid(party(**_GROUP)),
    "a foreign body": _paid(abroad()),
    "a foreign body in a country of which a part is embargoed": _paid(
        abroad(country="UA", region="UA-32", papers=[paper("GOVERNING_INSTRUMENT")]),
        places=[{"country": "UA", "region": "UA-32"}],
    ),
    "a foreign body by a determination": _paid(abroad(), equivalency=complete_equivalency()),
    "a ministry": _paid(_MINISTRY),
    "a re-grant": _paid(regrant=regrant(abroad("Village Circle"), abroad("Town Circle"))),
    "a sponsored project": _paid(sponsorship=sponsorship(), benefit=benefit(beneficiary(share="20"))),
    "an exchange": _paid(exchange=exchange(), benefit=benefit(beneficiary(share="20"))),
    "a gift": {"funds_in": funds_in()},
    "a sponsorship payment": {"funds_in": funds_in(**_SOLD), "partner": company("Northern Light Telecom Ltd")},
    "a gift beside a grant": {**_paid(benefit=benefit(beneficiary(share="20"))), "funds_in": funds_in()},
    "joint work": {"non_monetary": joint(alignment=ALIGNED, places=[{"country": "US"}])},
}
"""By what they are: proposals in which every answer is good."""


class Spot(NamedTuple):
    """A field of a model somewhere in a proposal."""

    path: str
    """Of the model; empty for the proposal itself."""
    model: str
    name: str

    @property
    def key(self) -> str:
        return f"{self.model}.{self.name}"

    @property
    def field(self) -> Field:
        return FIELDS[self.key]

    def covers(self, other: Spot) -> bool:
        """Return True if a change here is a change of the other spot too."""
        return f"{other.where}.".startswith(f"{self.where}.")

    @property
    def where(self) -> str:
        return f"{self.path}.{self.name}" if self.path else self.name


class Drawn(NamedTuple):
    """A proposal as its plain content, under a kind of funder, and what the registers say of its payee."""

    content: dict[str, Any]
    profile: FunderProfile
    found: StatusEvidence
    changed: tuple[Spot, ...] = ()

    @property
    def proposal(self) -> Proposal | None:
        """The proposal, or None if no such proposal is taken."""
        try:
            return Proposal.model_validate(self.content)
        except ValidationError:
            return None

    def owner(self, spot: Spot) -> dict[str, Any]:
        """Return the content of the model that a field belongs to."""
        held: Any = self.content
        for name in spot.path.split(".") if spot.path else ():
            held = held[int(name)] if isinstance(held, list) else held[name]
        return dict(held)

    def having(self, spot: Spot, value: Any) -> Drawn:
        """Return the same with another value of a field."""
        return self._with(spot, {spot.name: value})

    def without(self, spot: Spot) -> Drawn:
        """Return the same without a field, and without what else answers its question."""
        return self._with(spot, {}, (spot.name, *spot.field.beside))

    def _with(self, spot: Spot, told: dict[str, Any], gone: tuple[str, ...] = ()) -> Drawn:
        content = deepcopy(self.content)
        held: Any = content
        for name in spot.path.split(".") if spot.path else ():
            held = held[int(name)] if isinstance(held, list) else held[name]
        for name in gone:
            held.pop(name, None)
        held |= to_jsonable_python(told)
        return self._replace(content=content, changed=(*self.changed, spot))


def spots_of(value: Any, path: str = "") -> Iterator[Spot]:
    """Yield every field of every model in a value."""
    match value:
        case BaseModel():
            for name in type(value).model_fields:
                yield Spot(path, type(value).__name__, name)
                yield from spots_of(getattr(value, name), f"{path}.{name}" if path else name)
        case tuple():
            for place, one in enumerate(value):
                yield from spots_of(one, f"{path}.{place}")
        case _:
            return


def models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield every model that a field's annotation names, and those in it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_of(field.annotation)
    for part in get_args(annotation):
        yield from models_of(part)


def judge(drawn: Drawn, book: RuleBook = BOOK) -> Assessment | None:
    """Return an edition's word, once registers and lists were asked about the parties, or None if it is not taken."""
    made = drawn.proposal
    if made is None:
        return None
    return assess(made, funding(drawn.profile), _looked_up(made, drawn.found), book=book)


def _looked_up(made: Proposal, found: StatusEvidence) -> Verification:
    out = made.funds_out
    seen: dict[str, Any] = {}
    if out is not None:
        seen = {
            "status": _status_of(out.payee.ein, found),
            "central": _status_of(out.payee.center.ein if out.payee.center else None, found),
            "supported": tuple(
                SupportedEvidence(party=one.name, status=known)
                for one in out.supported
                if (known := _status_of(one.ein, found)) is not None
            ),
        }
    verified = Verification(screening=screening(), **seen)
    names = {name for one in who_is_screened(made, verified) for name in (one.name, *one.also_known_as)}
    return verified.model_copy(update={"screening": screening(*([match(LISTED)] if LISTED in names else []))})


def _status_of(ein: str | None, found: StatusEvidence) -> StatusEvidence | None:
    match ein:
        case None:
            return None
        case "001000001":
            return found
        case "001000009":
            return CENTRAL
        case _ if ein == REVOKED:
            return status(ein=REVOKED, revocations=(revocation("2026-05-15", "2026-08-10"),))
        case _:
            return NOWHERE.model_copy(update={"ein": ein})


@st.composite
def drawn_proposals(draw: st.DrawFn, changes: int = 3) -> Drawn:
    """A base of any kind under any funder, in which some fields are not given, and others have another value."""
    base = answered(as_given(**BASES[draw(st.sampled_from(sorted(BASES)))]))
    content = base.model_dump(mode="json", exclude_unset=True)
    made = Drawn(content, draw(st.sampled_from(list(PROFILES.values()))), draw(st.sampled_from(FOUND)))
    for _ in range(draw(st.integers(0, changes))):
        known = made.proposal
        assert known is not None
        spots = [one for one in spots_of(known) if one.field.tell is not Tell.PLAIN]
        spot = draw(st.sampled_from(spots))
        values = [made.having(spot, one) for one in (*spot.field.good, *spot.field.bad)]
        other = draw(st.sampled_from([made.without(spot), *values]))
        made = other if other.proposal is not None else made
    return made
