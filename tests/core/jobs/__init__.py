"""Tests of the ground: jobs."""
