"""What calls cost and may cost: prices, the spending ledger, caps, charges read from the store.

Belongs here: counting, reserving and reporting money. Does not belong here: making calls, deciding what to ask.
"""
