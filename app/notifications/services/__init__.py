"""The rules of the notifications house: whom a deed concerns, keeping and mailing notices, and
wishes.
"""
