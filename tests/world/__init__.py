"""One planted world, made once in a run of the tests and shared by them: a bucket, and the warehouse rebuilt from it.

Belongs here: what was planted (`planted`), the objects that say so (`bucket`, `beside`), and the fixtures that hand
them out. Does not belong here: any test, any figure, and worlds that one test needs in a shape of its own.
"""
