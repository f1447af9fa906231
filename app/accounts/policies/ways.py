"""Where a person goes next after signing in: never to another site."""


def safe_next(wanted: str | None, fallback: str) -> str:
    """Return the wanted address if it is a path on this site, else the fallback."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return fallback
    if "\\" in wanted or not wanted.isprintable() or " " in wanted:
        return fallback
    return wanted
