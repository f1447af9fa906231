"""What can be found: one document per findable thing, tokenised in Python, alike on every database.

Promises that any substring of a Chinese run is found, Latin words and digits from their start,
Traditional by Simplified and back, and that nobody finds what their audience keys do not open.
"""
