"""The agreement: signed, with the account that it names, and what stands under another one."""
