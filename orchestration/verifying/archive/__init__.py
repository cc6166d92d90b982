"""Verifying what editions share: the parts of tables that a manifest lists, and the DuckDB file that is made of them.

Belongs here: the manifest's field `tables`, rows of parts against it, views and the file in `site/` against the parts.
Does not belong here: files of the edition's own folder, pages, figures.
"""
