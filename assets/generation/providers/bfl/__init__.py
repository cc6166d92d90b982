"""Black Forest Labs.

Belongs here: its requests, answers and errors. Does not belong here: other services.
"""
