"""Published files as rows of text: one module per format, a table of formats, and what a file really is.

Belongs here: opening a file and giving its rows, as text, with their place for messages. Does not belong here: what a
row means (`studies.label_rows`, `studies.prompt_table`, `studies.picture_table`), or which files there are.
"""
