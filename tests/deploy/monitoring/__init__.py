"""Tests of what operators look at: each alert fires where it should, and names what there is."""
