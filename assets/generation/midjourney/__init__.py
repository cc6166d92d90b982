"""Import of folders of Midjourney downloads: there is no API, people download pictures one by one.

Belongs here: what a download says about itself (`metadata`, `names`, `files`), which slot it answers (`matching`), who
hands it over (`provider`). Does not belong here: plans, runs, the store.

A person's account is in every download, in its `Author` chunk and its file name. It is never stored, shown or
logged: the stored bytes are the original without what can name a person (`assets.generation.pictures`). Image data stay
as they are, byte for byte, and a receipt holds both hashes.
"""
