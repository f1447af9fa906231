"""The shape of what shops sell, and two short ways to write it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """One variant: its names, its price in fen and how many stand on the shelf each morning."""

    name_zh: str
    name_en: str
    price_minor: int
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One listing of a shop; a service has minutes and helpers, goods have stock."""

    shop: str
    key: str
    name_zh: str
    name_en: str
    about: str
    sizes: tuple[Size, ...]
    unit: str = ""
    allergens: str = ""
    rules: str = ""
    minutes: int | None = None
    buffer: int = 0
    helpers: tuple[str, ...] = ()
    days_ahead: int = 7
    lead: int = 60
    liked: float = 1.0

    @property
    def is_service(self) -> bool:
        """Whether it is somebody's time."""
        return self.minutes is not None


def goods(
    shop: str,
    key: str,
    names: tuple[str, str],
    about: str,
    *sizes: tuple[str, str, int, int],
    unit: str = "",
    allergens: str = "",
    liked: float = 1.0,
) -> Offer:
    """Things from the shelf."""
    shelf = tuple(Size(zh, en, price, stock) for zh, en, price, stock in sizes)
    return Offer(
        shop, key, names[0], names[1], about, shelf, unit=unit, allergens=allergens, liked=liked
    )


def service(
    shop: str,
    key: str,
    names: tuple[str, str],
    about: str,
    *sizes: tuple[str, str, int],
    minutes: int,
    helpers: tuple[str, ...],
    buffer: int = 0,
    rules: str = "",
    lead: int = 60,
    days_ahead: int = 7,
    liked: float = 1.0,
) -> Offer:
    """Somebody's time."""
    prices = tuple(Size(zh, en, price) for zh, en, price in sizes)
    return Offer(
        shop,
        key,
        names[0],
        names[1],
        about,
        prices,
        rules=rules,
        minutes=minutes,
        buffer=buffer,
        helpers=helpers,
        days_ahead=days_ahead,
        lead=lead,
        liked=liked,
    )
