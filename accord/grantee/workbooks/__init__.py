"""A form of the door as a workbook: filled in without a connection, brought back, and checked as what is typed."""
