"""Calls to services that others run, for pictures and for labels alike.

Belongs here: what every call needs: receipts, pace, retries, breaker, batches, the models file. Does not belong here:
what is asked for (`generation`, `labeling`), one service's API (`providers`, `labelers`).
"""
