"""A bank's statements, matched to our instructions by identifier, currency, account and dates."""
