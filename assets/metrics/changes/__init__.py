"""Changes: which series of weeks moved, since when and by how much, as each week brings it to light.

Belongs here: what is looked at in a week, its counts, the rows of `changes` and what may have caused them. Does not
belong here: the scan itself (`plain`), words.
"""
