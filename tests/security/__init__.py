"""What the town promises against those who mean harm; docs/security.md lists it check by check."""
