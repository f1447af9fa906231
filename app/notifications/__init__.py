"""Who is told what: the inbox in the site, mail for those who want it, and each person's wishes
about both.

Follows the activity log by cursor in the worker; one deed tells one person once, however often it
is read. Notices keep kind and data and are worded when they are read, in the reader's language.
What is older than two days when it is read off the log is history: it is kept as read and never
mailed.
"""
