"""The pages that mix houses: today's front page, search over everything, the map, a person, what
this is.

Owns no table and writes nothing; each page asks every house once, so that statements do not grow
with rows.
"""
