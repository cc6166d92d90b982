"""The pages of the site, read from the published copy.

Belongs here: one module per kind of page, which declares it as `KIND`, a row of `sheets.KINDS`. Does not belong here:
words and markup (`page`).
"""
