"""What is done to the bytes of a picture that somebody else made, before they are kept.

Belongs here: taking out what can name a person (`stripping`, a module per part of it). Does not belong here: whether
bytes are a whole picture (`assets.generation.pictures.image_check`), what a picture shows (`assets.labeling`).
"""
