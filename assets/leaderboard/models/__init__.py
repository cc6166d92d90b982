"""What is known of models over weeks: changes, events, history, ranks, refusals, costs, as pages say it.

Belongs here: reading it from the published tables, and saying it in sentences that are translated. Does not belong
here: the kinds of page that show it (`pages`).
"""
