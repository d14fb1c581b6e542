"""CommonGrants award documents: grants by the protocol that US federal grant systems share."""
