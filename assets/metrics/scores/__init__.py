"""The table `scores`: every figure of a cell or a suite.

Belongs here: the metrics (`measures`), the counts behind rates, putting figures together. Does not belong here:
formulas that other rooms use too.
"""
