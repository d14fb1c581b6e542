"""The registers that Accord knows. A new one needs its module and a line here."""

from __future__ import annotations

from typing import Final

from registers.sources import irs, ofac, united_nations
from registers.sources.kinds import Register

REGISTERS: Final[dict[str, Register]] = {
    register.name: register
    for register in (
        irs.MASTER_FILE,
        irs.PUBLICATION_78,
        irs.REVOCATIONS,
        irs.ELECTRONIC_NOTICES,
        ofac.SDN,
        ofac.CONSOLIDATED,
        united_nations.CONSOLIDATED,
    )
}
"""The registers by name."""

LISTS: Final = tuple(name for name, register in REGISTERS.items() if register.listed is not None)
"""The names of the sanctions lists."""
