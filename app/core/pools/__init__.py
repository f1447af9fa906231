"""What is scarce: pools of a number of places and the holds on them. Nobody else counts down.

Promises that no more is held, confirmed and consumed than there is, on both databases, whoever
races whom. A pool's `taken` counts held and confirmed quantities, expired or not; pages show `total
- taken + expired`, and only a taker or the job reclaims what expired.
"""
