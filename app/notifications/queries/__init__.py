"""Reads of the notifications house: the inbox, by what people are reached, what the desk sees."""
