"""Truths: what people told of parties, projects and money, whenever they learnt it."""
