"""The metrics of `scores` and `study_scores`: a file here is a metric, or a few that are computed together.

Belongs here: a metric's row (`@metric`), its formula, and how its figures are made; the list of metrics finds each file
by itself. Does not belong here: what other rooms compute with too (`formulas`), reading tables.
"""
