"""How far labels can be trusted: gold, agreement, label error, corrected figures, labelers' drift.

Belongs here: estimates about labels. Does not belong here: drawing gold samples (`labeling.gold`).
"""
