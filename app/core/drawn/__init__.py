"""The scenes behind `core.drawings`: one brush, and what it draws by subject.

`brush` holds the paints and the strokes; `counter`, `crafts`, `together` and `places` hold the
scenes. Nothing here knows a request, a table or a word of any language.
"""
