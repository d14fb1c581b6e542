"""`python -m bench.mutation`."""

from __future__ import annotations

import sys

from bench.mutation.checking import main

if __name__ == "__main__":
    sys.exit(main())
