"""Sharing in WeChat: the town's official account lets its pages say their own words and picture.

Promises that nothing is asked of WeChat unless the operator set it up, that it is asked by the
worker and never while somebody waits for a page, and that a refusal is there to be read.
"""
