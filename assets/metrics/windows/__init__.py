"""Windows: the published figures, of the pictures of up to four weeks, with what a model scatters from week to week.

Belongs here: scatter, pooled counts, the table `window_scores`. Does not belong here: figures of one week (`scores`).
"""
