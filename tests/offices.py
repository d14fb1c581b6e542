"""Declared public offices, and people behind a payee who declare them."""

from __future__ import annotations

from typing import Any, Final

from domain.parties import Party
from domain.public_office import PublicOffice
from tests.builders import BEHIND, party


def office(**more: Any) -> PublicOffice:
    """A declaration, of none unless it says otherwise."""
    return PublicOffice.model_validate(
        {"tie": "NONE", "declared_by": "Ines Marek", "declared_on": "2026-11-02", **more}
    )


NO_OFFICE: Final = office()
MINISTER: Final = office(tie="HOLDER", office="Minister of Water of Zorvania", until="2024-06-30")
MAYOR: Final = office(tie="HOLDER", office="Mayor of Riverbend")


def behind(name: str, declared: PublicOffice | None = None, role: str = "DIRECTOR", **more: Any) -> dict[str, Any]:
    """A person behind a payee, with what they declare."""
    said = {} if declared is None else {"public_office": declared.model_dump(mode="json")}
    return {"name": name, "role": role, "kind": "INDIVIDUAL", **said, **more}


DECLARED: Final = tuple({**one, "public_office": NO_OFFICE.model_dump(mode="json")} for one in BEHIND)
"""Who governs a payee and signs for it, each with a declaration of none."""


def led_by(*people: dict[str, Any], **more: Any) -> Party:
    """A payee with these people behind it, beside whom it has where a test does not say it: they hold no office."""
    return party(principals=[*DECLARED, *people], nobody_owns=True, **more)
