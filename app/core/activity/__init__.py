"""What happened: one append-only log, and what was seen.

Promises that `record` writes in the same transaction as the deed, that readers of the log get every
row once and in order, that privileged acts carry a reason, and that reading a page never writes in
its request.
"""
