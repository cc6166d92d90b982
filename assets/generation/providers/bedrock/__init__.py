"""Amazon Bedrock.

Belongs here: its models, requests, answers and errors. Does not belong here: other services.
"""
