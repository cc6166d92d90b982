"""Rendering: words, charts and templates.

Belongs here: how a view becomes HTML. Does not belong here: reading tables (`cells`, `models`).
"""
