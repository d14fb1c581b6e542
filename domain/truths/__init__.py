"""Truths: people's knowledge of parties, projects and money, told whenever they learnt it."""
