"""Sheets of quarters: made once, of the rows of their weeks, and shared by all editions that hold those rows.

Belongs here: which quarters have sheets, what these rest on, how they are made and listed. Does not belong here: pages
of an edition (`pages`), which link to them.
"""
