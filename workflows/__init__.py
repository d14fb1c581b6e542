"""Temporal workflows: they order steps and hold no rules. A partnership's runs for years, a tranche's for days."""
