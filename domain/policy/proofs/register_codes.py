"""Public registers abroad by their list codes, and what kind of body each holds (rules 3.4, 4.6).

Codes are those of org-id.guide, as read in July 2026. What a register holds is said by its own law; where the guide
knows less, the law goes. A code that is not here is unknown: it refers the case and proves nothing. A code keeps its
meaning for ever, since decisions rest on it.
"""

from __future__ import annotations

import re
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from domain.parties import PartyNumber


class RegisterKind(StrEnum):
    """The kind of bodies in a register."""

    CHARITY = "CHARITY"
    """Charities, associations and other non-profits alone."""
    COMPANY = "COMPANY"
    """Companies, whoever owns them."""
    MIXED = "MIXED"
    """Companies and others: the number does not say which."""
    GOVERNMENT = "GOVERNMENT"
    """Units of a government."""


def _of(kind: RegisterKind, codes: str) -> dict[str, RegisterKind]:
    return dict.fromkeys(codes.split(), kind)


REGISTERS: Final = MappingProxyType(
    _of(
        RegisterKind.CHARITY,
        "AT-ZVR AU-ACNC BD-NAB CA-CRA_ACR ET-CSA GB-CHC GB-NIC GB-REV GB-SC IE-CHY IL-RA IN-MHA JE-JCR JO-MSD KE-NCB "
        "LB-MOI LK-NGO MW-NBM NP-SWC NZ-CR RW-RGB SG-COC TR-MOI TZ-NNCB UG-NGO ZA-NPO ZM-RNGO ZW-PVO",
    )
    | _of(
        RegisterKind.COMPANY,
        "AU-ASIC CA-CC DE-CR FR-RCS GB-COH GB-MPR GH-RGD IE-CRO IL-ROC IN-MCA KE-RCO LK-DRC MY-SSM SG-ACRA TZ-BRLA "
        "ZA-CIP",
    )
    | _of(
        RegisterKind.MIXED,
        "AU-ABN BE-BCE_KBO BR-CNPJ CH-FDJP CO-RUE CZ-ICO DK-CVR EE-KMKR ES-NIF GE-NAPR IN-PAN IT-CF JP-JCN KE-KRA "
        "NG-CAC NL-KVK NO-BRC NZ-NZBN PH-SEC PK-SEC PL-KRS SE-ON UA-EDR UG-RSB US-EIN XI-DUNS XI-LEI XI-ROR XM-DAC",
    )
    | _of(RegisterKind.GOVERNMENT, "AU-COA CA-COA DE-COA GB-COA GB-GOR GB-GOV IN-COA KE-COA NG-COA UG-COA ZA-COA")
)
"""By list code: what the register holds."""

_BY_NUMBER: Final = (
    ("DE-CR", re.compile(r"\bVR ?\d", re.IGNORECASE), RegisterKind.CHARITY),
    ("IN-MCA", re.compile(r"NPL\d{6}$", re.IGNORECASE), RegisterKind.CHARITY),
    ("NG-CAC", re.compile(r"\bIT ?\d", re.IGNORECASE), RegisterKind.CHARITY),
    ("NG-CAC", re.compile(r"\b(RC|BN) ?\d", re.IGNORECASE), RegisterKind.COMPANY),
    ("ZA-CIP", re.compile(r"[-/ ]08$"), RegisterKind.CHARITY),
)
"""Registers whose numbers say more: associations (section 21 BGB), companies of section 8 (Companies Act 2013, India),
incorporated trustees (CAMA 2020, Nigeria, part F), non-profit companies (Companies Act 2008, South Africa)."""


def kind_of(number: PartyNumber) -> RegisterKind | None:
    """Return the kind of bodies that a number's register holds under such numbers, or None if the code is unknown."""
    kinds = (kind for code, form, kind in _BY_NUMBER if code == number.scheme and form.search(number.number))
    return next(kinds, REGISTERS.get(number.scheme))


def is_at_home(number: PartyNumber, country: str) -> bool:
    """True if a number is of a register of a country."""
    return number.scheme[:2] == country
