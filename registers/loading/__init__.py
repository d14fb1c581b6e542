"""From a publisher's file to a version in force: fetched, read row by row, compared, checked, switched over."""
