"""`python -m bench.registers`: the cost of loading, storing, looking up and changing registers, on the real files."""
