"""How open the town is: open, only its team writes, or nobody writes.

Promises that while the town is closed no transaction begins, wherever it comes from, that reading
goes on, that work of the outbox waits, and that whoever is refused reads since when and why.
"""
