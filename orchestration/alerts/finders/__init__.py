"""What finds alerts: a plain function per condition, which looks at one moment and remembers nothing.

Belongs here: finders and the table of them. Does not belong here: what was sent already (`record`), words and severity
(`kinds`).
"""
