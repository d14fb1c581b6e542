"""Shell commands on public registers: load, refresh, ask and recompute."""
