"""The demo town and the simulator: content of our own, and one engine that lives it.

Stands above all houses and calls the same services that people use. `content` holds words only,
`engine` decides who does what in which simulated hour, `cli` walks those hours, one short
transaction each.
"""
