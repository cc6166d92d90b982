"""Pictures: the plan of a week, its slots, asking them, what came.

Belongs here: plans, slots, the run of a partition, what stops it. Does not belong here: calls as such (`gateway`),
one API (`providers`), labels.
"""
