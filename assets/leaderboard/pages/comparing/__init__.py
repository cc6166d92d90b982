"""Pages that hold models against each other: the list of questions, one board per page, two models side by side.

Belongs here: kinds of such pages. Does not belong here: their figures (`models`).
"""
