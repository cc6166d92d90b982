"""The list of metrics: what a row says, how rows are found beside the code, and the page made of them.

Belongs here: what every metric says of itself. Does not belong here: a metric's own row or formula, computing.
"""
