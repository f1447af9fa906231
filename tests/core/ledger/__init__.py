"""Tests of the ground: ledger."""
