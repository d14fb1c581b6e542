"""The registers that Accord knows. A new one needs its module and its name here."""

from __future__ import annotations

from importlib import import_module
from typing import Final, Protocol, cast

from registers.sources.kinds import Register


class RegisterModule(Protocol):
    """A module on the registers of one publisher."""

    REGISTERS: tuple[Register, ...]


_SOURCES: Final = (
    "irs",
    "ofac",
    "united_nations",
    "european_union",
    "united_kingdom",
    "european_central_bank",
)
"""The modules beside this one, a publisher each."""

REGISTERS: Final[dict[str, Register]] = {
    register.name: register
    for source in _SOURCES
    for register in cast(RegisterModule, import_module(f"registers.sources.{source}")).REGISTERS
}
"""The registers by name."""

LISTS: Final = tuple(name for name, register in REGISTERS.items() if register.listed is not None)
"""The names of the sanctions lists."""
