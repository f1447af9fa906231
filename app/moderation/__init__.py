"""Moderation: reports, the review queue, the word list, silence and suspension.

Owns `reports`, `review_items`, `filter_words` and `sanctions`. Promises that every decision names
who made it, when and by which rule. Rings `review_decided`, so that the owner of what was held
shows or hides it in the same commit.
"""
