"""Pieces of the events house for pages above it, and the calendar files it gives away."""
