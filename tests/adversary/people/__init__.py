"""The office, its bank and its intruder: who acts in the attempts."""
