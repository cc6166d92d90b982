"""The data of each part of the page, read from the published copy.

Belongs here: one module per part. Does not belong here: words and markup (`page`).
"""
