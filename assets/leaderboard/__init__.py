"""The edition: what one publish makes public.

Belongs here: gathering, hashing and writing an edition. Does not belong here: figures (`metrics`), the data export
(`warehouse.database.export`).
"""
