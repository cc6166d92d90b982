"""Labels: what each picture shows, as read by a labeler.

Belongs here: questions, readings, the run of a partition, the table of labelers. Does not belong here: calls as such
(`gateway`), figures (`metrics`).
"""
