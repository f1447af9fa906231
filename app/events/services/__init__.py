"""The rules of the events house: gatherings, registrations and their line, the desk at the door,
calendars.
"""
