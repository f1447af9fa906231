"""Settlement: what a shop owes the site for goods that were handed over, week by week, to the cent.

Owns the commission booked per order, the lines that explain it, the bills that gather lines and the
receipts that pay bills. Listens to hand-overs, their undoing and after-sale refunds; every
commission is one ledger entry between `merchant:<id>` and `income:commission`. A line belongs to at
most one bill, a closed bill never changes.
"""
