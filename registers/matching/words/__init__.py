"""Words of names: split, spelled alike, found in the lists, and weighed by how rare they are."""
