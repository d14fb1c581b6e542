"""Shell commands on editions: question sets, budget templates, score sheets, letters and calls."""
