"""What a template sees: kinds of page, sentences, drawings, and the query that gives rows.

Belongs here: the shape of the page's data. Does not belong here: reading it (`cells`, `models`), rendering it (`page`).
"""
