"""Edition 2026.5, by subject: `SUBJECT_cases.py` with worked cases from C120 on, and `test_SUBJECT.py` with its rules.

A subject's cases are `CASES`, rows as in `cases.py`; each is judged under 2026.5. Where the edition decides a case up
to C119 otherwise than before, `RESTATED` names its row and gives the new answer; the old one stays under its edition.
`every_case` collects both from every file here, so a new subject is a new file and no other line.
"""
