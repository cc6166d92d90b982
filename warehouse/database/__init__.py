"""The DuckDB file: schema, views, export, rebuild, hash of a table.

Belongs here: statements' files and what runs them. Does not belong here: reading objects (`loading`).
"""
