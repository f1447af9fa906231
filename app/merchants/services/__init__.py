"""The rules of merchants, by subject: shops, hours, listings, points, staff, scarce, categories,
imports.
"""
