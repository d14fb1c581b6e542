"""Acts of the organisation about itself and those it deals with: prepared, signed by people, and recorded."""
