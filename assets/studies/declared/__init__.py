"""What a study file may say about files: patterns of paths, pictures, tables, labels, prompts from a table.

Belongs here: the shape of each part, and what makes it valid by itself. Does not belong here: the study as a whole
(`studies.definition`), and opening any file (`studies.files`, `studies.pictures`, `studies.label_files`).
"""
