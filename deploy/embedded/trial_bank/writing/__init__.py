"""Write a bank's ISO 20022 messages and BAI2 files. It shares no code with what reads them."""
