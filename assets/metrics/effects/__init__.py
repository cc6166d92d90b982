"""What one word changes: prompts a against prompts b of one model.

Belongs here: differences with their intervals. Does not belong here: which prompts are compared (`suites`).
"""
