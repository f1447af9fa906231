"""Money is exact, and its parts sum to the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money, NotMoneyError, part_of, shares


def test_an_amount_is_read_and_written_in_its_currency() -> None:
    assert Money.of("12.50", "CNY").minor == 1250
    assert Money.of("12.500", "KWD").minor == 12500
    assert Money.of("1200", "JPY").format() == "¥1,200"
    assert Money(841260, "CNY").format() == "¥8,412.60"
    assert Money(7600, "CNY").format() == "¥76"
    assert Money(7600, "CNY").format(full=True) == "¥76.00"
    assert Money(-540, "CNY").plain() == "-5.40"


@pytest.mark.parametrize("text", ["0.001", "abc", "", "NaN", "Infinity", "1,2"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotMoneyError):
        Money.of(text, "CNY")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "CNY") + Money(1, "GBP")


def test_a_part_is_rounded_half_up_away_from_zero() -> None:
    assert [part_of(amount, 500) for amount in (10, 30, 90, -90)] == [1, 2, 5, -5]


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_shares_always_sum_to_the_whole(total: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        with pytest.raises(ValueError, match="weights"):
            shares(total, weights)
        return
    parts = shares(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)
