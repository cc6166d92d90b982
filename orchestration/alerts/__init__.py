"""What needs a person when nobody is looking: each alert is sent once, with what to do.

Belongs here: the kinds of alerts, what finds them (`finders`), the record of what was sent, messages and the ways that
they take (`channels`). Does not belong here: repairing anything; what `cliche status` and `cliche doctor` print.
"""
