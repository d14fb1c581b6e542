"""Papers: kept encrypted by their digest, examined before anybody opens them, and erased by destroying their key."""
