"""The demo town and the simulator: content of our own, and one engine that lives it.

Stands above all houses and calls the same services that people use. `content` holds words only,
`plan` draws who does what from the seed, `life` does it hour by hour, `truth` counts it, and `cli`
walks those hours, one short transaction each.
"""
