"""Holds: placed by people and by rules, each lifted by somebody else."""
