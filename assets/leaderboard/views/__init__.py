"""What a template sees: plain records, and the query that fills them.

Belongs here: the shape of the page's data. Does not belong here: reading it (`parts`), rendering it (`page`).
"""
