"""Taking the whole town elsewhere: backups and their restoring, the move to PostgreSQL, upgrades
with a way back, and the export for leaving.

Promises that an archive with a final name is whole and was read again before it got that name, that
nothing of a refused archive is left behind, and that a restored town's books, pools and pictures
are what they were.
"""
