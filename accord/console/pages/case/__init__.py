"""The case: a partnership as its reader needs it, by what it is for, money, reports, rules, people and activity."""
