"""What leaves the building or can wait: outbox rows written in the commit that wants them, carried
out afterwards.

Promises that a row whose transaction committed is carried out at least once, that a finished one is
not carried out again, that handlers run outside any transaction, and that a site that was down does
late work exactly once.
"""
