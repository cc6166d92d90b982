"""Pages of past weeks: made once, of the rows of their week, and shared by all editions that hold those rows.

Belongs here: which weeks have pages, what these rest on, how they are made and listed. Does not belong here: pages of
an edition (`pages`), which link to them.
"""
