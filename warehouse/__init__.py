"""Where everything is kept: object store, database, keys.

Belongs here: keys, weeks, hashes, errors and other things that all steps share. Does not belong here: anything that
knows a metric or a provider.
"""
