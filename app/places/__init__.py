"""Places: neighbourhoods, addresses, geocoding, datum and distance.

Owns `neighbourhoods`, `addresses`, `geocode_cache` and the geocoder's pace. Coordinates are stored
as WGS-84; other datums are converted at the door. Promises that nothing waits for the geocoder: an
address is useful without coordinates, and a person may set the pin by hand. Rings nothing.
"""
