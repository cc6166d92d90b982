"""The pictures of prompts: what each model drew in the window, what was read in it, and which pictures a share counts.

Belongs here: reading them for the kinds of page that show them. Does not belong here: those pages (`pages`).
"""
