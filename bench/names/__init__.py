"""When one name stands for another: pairs from the Business Master File, and how many of each kind are confirmed."""
