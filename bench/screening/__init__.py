"""The name matcher against real lists: labelled pairs beside its peers, false alarms, and speed."""
