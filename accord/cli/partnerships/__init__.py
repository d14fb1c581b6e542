"""Shell commands on partnerships: proposal, decisions, papers, reports, truths, and what they rest on."""
