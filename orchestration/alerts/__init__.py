"""What an operator is told when nobody is looking: each alert once, with what to do.

Belongs here: the kinds of alerts, what finds them (`finders`), the record of what was sent, messages and the ways that
they take (`channels`). Does not belong here: repairing anything; what `cliche status` and `cliche doctor` print.
"""
