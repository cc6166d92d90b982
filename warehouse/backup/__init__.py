"""Copies of whole stores, from a folder or bucket to another: what is missing there, in which order it is copied.

Belongs here: comparing two stores, copying. Does not belong here: what an object must be (`warehouse.integrity`).
"""
