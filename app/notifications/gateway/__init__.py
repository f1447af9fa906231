"""The doors to the outside: push services and group robots."""
