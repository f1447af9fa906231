"""Text messages: written into the outbox with the deed that causes them, sent afterwards, at least
once.

Promises that one key is one message, that a silent gateway is tried again, and that the log never
shows more than the masked number.
"""
