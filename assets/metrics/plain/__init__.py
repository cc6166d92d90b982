"""Plain statistics: from counts of pictures to figures, intervals, ranks and changes.

Belongs here: pure functions of arrays with their source, on numpy and scipy alone. Does not belong here: databases,
reading counts, assembling rows, words for readers.

Shares are fractions (0 to 1); points are 100 times a difference of shares. Counts are arrays (models, cells, values,
weeks), the last week last, 0 where nothing was asked. A cell is a prompt or, of declared stereotypes, a prompt and a
value. Values are those of the yardstick. The weeks of a model begin anew (earlier ones are 0) at a reported change.
A study has no weeks: one column, and `study=True`.
"""
