"""Every test of promotions stands at noon on a Saturday, in a town with one open shop."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core import clock
from tests.factories import orders
from tests.factories.orders import Stall


@pytest.fixture
def noon(app: Flask) -> Iterator[None]:
    with clock.travel(orders.NOON):
        yield


@pytest.fixture
def place(noon: None) -> Stall:
    """A shop whose loaf costs 26.00."""
    return orders.stall(stock=50, capacity=20)
