"""BAI2, the statements of account of banks in the United States: records, groups and accounts, and what they say."""
