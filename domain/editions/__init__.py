"""Editions: question sets, budget templates, score sheets, letters and calls as dated content that two people sign."""
