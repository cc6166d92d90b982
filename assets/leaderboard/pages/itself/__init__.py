"""Pages about the site itself: who publishes it, how its figures are read and quoted.

Belongs here: pages whose words are mostly fixed. Does not belong here: pages of figures and pictures (beside this).
"""
