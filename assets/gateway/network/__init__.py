"""How a call reaches a service: addresses, transport, HTTP errors, connection settings, redaction.

Belongs here: what is true of any service. Does not belong here: one API's requests and answers
(`generation.providers`, `labeling.labelers`).
"""
