"""Kill and freeze servers and processes under load, and check from outside that every promise was kept."""
