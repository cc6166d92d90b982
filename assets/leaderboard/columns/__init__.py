"""The leaderboard: its columns, what each model shows in them over time, and two models side by side.

Belongs here: what reads the figures of columns; a column is one row of `table.py`. Does not belong here: how they are
drawn (`views/marks.py`, `views/chart.py`).
"""
