"""What is owed: money and points as append-only movements between accounts. Nobody else keeps a
balance.

Promises that every movement debits one account and credits another by the same amount, that nothing
written is ever changed, that a key posts once, and that a guarded account never goes below zero.
Balances a person waits for are cached and moved by guarded UPDATE; the site's own accounts are a
checkpoint and what came after.
"""
