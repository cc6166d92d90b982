"""The list of metrics: what each is, in words.

Belongs here: rows, and the page made of them. Does not belong here: computing.
"""
