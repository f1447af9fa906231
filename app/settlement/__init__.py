"""Settlement: what a shop owes the site, for goods handed over or by the year, week by week.

Owns the commission booked per order, the yearly fees, the lines that explain them, the bills that
gather lines and the receipts that pay bills. Listens to hand-overs, their undoing, after-sale
refunds and shops that leave; every commission is one ledger entry between `merchant:<id>` and
`income:commission`, every fee one with `income:fees`. A line belongs to at most one bill, a closed
bill never changes.
"""
