"""Mail of the grantee's door: links, codes and receipts, the forms that mail opens, and what each of them shows."""
