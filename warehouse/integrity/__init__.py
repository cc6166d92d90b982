"""Whether the objects of a store are still what was written: where each hash is recorded, and reading all of them.

Belongs here: seals, hashes beside objects, the kinds of keys, what is checked of each kind. Does not belong here:
loading rows (`warehouse.loading.load`), editions against their tables (`orchestration`).
"""
