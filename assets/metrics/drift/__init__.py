"""Changes over time: evidence per cell, events, shifts that could be seen.

Belongs here: change points and their tests. Does not belong here: labelers' own drift (`labels`), words.
"""
