"""OpenRouter: most makers' image models behind one key.

Belongs here: what its image API takes and answers. Does not belong here: any one maker's own API.
"""
