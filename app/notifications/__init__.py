"""Who is told what, and by which way: the inbox in the site, push, mail, text messages and group
robots, a ladder until it is seen, and the desk's list of those whom nothing reaches.

Follows the activity log by cursor in the worker; one deed tells one person once by each way,
however often it is read. Notices keep kind and data and are worded when they are read, in the
reader's language. What is older than two days when it is read off the log is history: it is kept
as read and told to nobody outside.
"""
