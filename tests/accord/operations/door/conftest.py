"""A door with papers, under the logins that it has in production."""

from __future__ import annotations

from tests.accord.grantee.papers.conftest import house, way

__all__ = ["house", "way"]
