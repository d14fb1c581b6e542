"""`python -m bench.portfolio`."""

from __future__ import annotations

import sys

from bench.portfolio.measuring import main

if __name__ == "__main__":
    sys.exit(main())
