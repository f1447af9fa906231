"""Tests of the ground: media."""
