"""Imported studies: somebody else's pictures and labels, one YAML file each.

Belongs here: reading a study by its file, its objects and tables. Does not belong here: figures (`metrics`),
the page.
"""
