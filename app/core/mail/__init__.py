"""Mail: written into the outbox with the deed that causes it, sent afterwards, at least once.

Promises that no header can be smuggled in, that a mail that fails is tried again, and that the log
never shows more than the address it went to.
"""
