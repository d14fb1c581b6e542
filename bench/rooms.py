"""Count the top-level packages and the arrows between them: `python -m bench.rooms [FOLDER]`.

An arrow from one package to another is any import of the second by the first.
"""

from __future__ import annotations

import sys
from itertools import permutations
from pathlib import Path

import grimp

BESIDE = {"tests", "bench"}


def main() -> None:
    """Print the number of packages and arrows of a checkout, by default of this one."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    sys.path.insert(0, str(folder))
    rooms = sorted({path.parent.name for path in folder.glob("*/__init__.py")} - BESIDE)
    graph = grimp.build_graph(*rooms, cache_dir=None)
    tied = {
        (one, other)
        for one, other in permutations(rooms, 2)
        if graph.direct_import_exists(importer=one, imported=other, as_packages=True)
    }
    mutual = {pair for pair in tied if pair[::-1] in tied}
    print(f"{len(rooms)} packages, {len(tied)} arrows, {len(mutual) // 2} pairs that import each other")  # noqa: T201


if __name__ == "__main__":
    main()
