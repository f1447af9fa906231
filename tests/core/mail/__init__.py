"""Tests of the ground: mail."""
