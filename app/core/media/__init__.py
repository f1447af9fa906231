"""Pictures: decoded, turned upright, stripped of all they carried along, and kept in three sizes.

Promises that what is served was written by us, that a file which is refused leaves nothing behind,
and that a picture's address never changes its content.
"""
