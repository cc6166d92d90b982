"""Quality: whether the rows of a partition or a week may be believed.

Belongs here: the checks of tables, columns and stored bytes, and running them. Does not belong here: figures
(`metrics`), withholding and publishing (`metrics.week`, `leaderboard`), how results are shown (`orchestration`).
"""
