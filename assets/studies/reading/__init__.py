"""What the files of a study say: its folder, the queries over it, and the closed world that their rows make.

Belongs here: whatever reads a study's own files. Does not belong here: the study file, and what is stored.
"""
