"""The grantee's door: pages for whoever has a link, and nothing behind them but a dozen functions of the database."""
