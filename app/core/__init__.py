"""The ground every house stands on: database, clock, money, errors, access, forms, pages and
languages.

Owns the one way to commit (`db.transaction`), to refuse (`errors`), to know who is there (`access`)
and to answer (`pages`). Knows nobody above it. Rooms with tables of their own are folders:
activity, jobs, ledger, pools, search, media, mail, sms, running, backup.
"""
