"""Anchors: frozen pictures that are labeled again every week, so that a labeler that drifts is seen.

Belongs here: making, freezing and labeling sets, accepting what moved. Does not belong here: where their objects are
(`warehouse.loading`), figures.
"""
