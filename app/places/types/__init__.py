"""Small values of places: rows, points and boxes, datum conversions, distances."""
