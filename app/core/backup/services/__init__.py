"""Backups, restoring, moving, upgrading, leaving: each a module."""
