"""Due diligence: what registers and rule book find, at first and at each later look, and how people answer that."""
