"""Gatherings of the neighbourhood: who comes, who waits, who is there.

Owns gatherings, registrations and arrivals. Seats are a pool of `core`; the talk around a gathering
is a thread of `forum`. Rings `gathering_cancelled` and `registration_confirmed`. Promises that
seats are never given twice, that nobody who waits is overtaken by somebody who came later, and that
a calendar that follows us learns of every change.
"""
