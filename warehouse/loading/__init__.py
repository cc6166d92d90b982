"""From objects of the store to rows: reading, checking and replacing them.

Belongs here: the shape that an object must have, and its rows. Does not belong here: making objects (`assets`),
reading all of them for damage (`integrity`).
"""
