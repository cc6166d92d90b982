"""OpenAI, and services that speak like it: images, responses, batches.

Belongs here: these APIs' requests, answers and errors. Does not belong here: other services; labels
(`labeling.labelers`).
"""
