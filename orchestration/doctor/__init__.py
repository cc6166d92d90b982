"""What `cliche doctor` looks at: a look per kind of thing, each of which yields findings.

Belongs here: looks, with free calls alone, and the paid trials that `--paid` asks for. Does not belong here: free calls
(`providers`, labelers), what the store must do (`warehouse.store`), the command (`commands.doctor`).
"""
