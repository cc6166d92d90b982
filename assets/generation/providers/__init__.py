"""Services that make pictures: a folder or a file per service, and the table of their names.

Belongs here: one API's request, answer and errors. Does not belong here: retries, pacing, money (`gateway`), which
slots there are.
"""
