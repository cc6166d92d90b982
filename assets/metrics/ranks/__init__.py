"""Ranks: pairs of models on common prompts, and ranges from their tests.

Belongs here: bounds, tests and ranges. Does not belong here: boards on the page (`leaderboard`).
"""
