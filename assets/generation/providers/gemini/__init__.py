"""Google Gemini.

Belongs here: its requests, answers and errors. Does not belong here: other services.
"""
