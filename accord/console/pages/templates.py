"""The templates of the console's pages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from accord.web.pages import templates_of

TEMPLATES: Final = templates_of(Path(__file__).parents[1] / "templates")
