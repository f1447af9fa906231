"""Tests of the ground: search."""
