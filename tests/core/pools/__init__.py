"""Tests of the ground: pools."""
