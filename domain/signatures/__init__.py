"""How a decision is signed: the statement, the passkeys that sign it, and what an authenticator says of itself."""
