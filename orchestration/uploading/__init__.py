"""The site sent to where readers are: a folder or a bucket that any web server or CDN can show.

Belongs here: destinations, headers, in which order objects go. Does not belong here: what is on the site
(`assets.leaderboard`).
"""
