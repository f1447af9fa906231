"""Measures: what our pages and flows cost beside a floor under the same server, in one run."""
