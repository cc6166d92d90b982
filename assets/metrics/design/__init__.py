"""Planning: which boards a models file makes, and what they will show, before anything is asked.

Belongs here: designs and their prospects. Does not belong here: what asking takes and costs (`generation.forecast`).
"""
