"""Kinds of page that show pictures of prompts: lists, prompts, cells, and what one word changes.

Belongs here: one module per kind. Does not belong here: reading pictures (`cells`).
"""
