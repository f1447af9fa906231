"""Tests of the ground: activity."""
