"""Gold: random samples of pictures, given to people, and what they said taken in.

Belongs here: drawing a sample with known inclusion probabilities, the files that raters work with, taking in their
answers. Does not belong here: figures corrected with gold (`assets.metrics.labels`), agreement of raters.
"""
