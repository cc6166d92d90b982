"""What publishing one more week costs in an archive of years: time, memory and bytes, by the length of the history.

Belongs here: an installation whose history is made quickly, one publish in a process of its own, what it added.
"""
