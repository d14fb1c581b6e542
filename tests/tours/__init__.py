"""The tours of the documents, followed to the letter: by shell, and by browser."""
