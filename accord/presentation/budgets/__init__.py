"""Budgets as workbooks: the form of a report by line, and the template of a proposal's budget."""
