"""`python -m bench.registers`: what loading, keeping, asking and changing the registers takes, on the real files."""
