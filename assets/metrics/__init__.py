"""Figures: from labels and outcomes to shares, distances, ranks, effects and changes.

Belongs here: computing; every family has formulas, rows and a `table`. Does not belong here: loading rows
(`warehouse`), words for readers (`leaderboard`).
"""
