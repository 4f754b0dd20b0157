"""How many calls, and when to try again: arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdata import Budget, Retry, errors
from sdata.clock import ClockSkew
from sdata.retry import may_have_happened


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def budget(per_minute: int, **options) -> tuple[Budget, Clock]:
    clock = Clock()
    return Budget(per_minute, clock=clock, sleep=clock.sleep, **options), clock


def test_a_burst_is_free_and_then_the_rate_holds():
    """600 a minute: sixty at once, then one every tenth of a second."""
    tokens, clock = budget(600)
    waited = [tokens.take() for _ in range(160)]
    assert waited[:60] == [0.0] * 60
    assert waited[60:] == pytest.approx([0.1] * 100)
    assert clock.now == pytest.approx(10.0)


def test_rest_earns_a_new_burst_and_no_more():
    tokens, clock = budget(600)
    for _ in range(60):
        tokens.take()
    clock.now += 3600
    assert [tokens.take() for _ in range(61)][-1] == pytest.approx(0.1)


@given(
    st.integers(1, 2000), st.integers(1, 300), st.lists(st.floats(0, 5), max_size=50)
)
def test_no_minute_holds_more_than_its_budget_and_one_burst(per_minute, calls, pauses):
    tokens, clock = budget(per_minute, longest_wait=1e9)
    times = []
    for number in range(calls):
        clock.now += pauses[number % len(pauses)] if pauses else 0
        tokens.take()
        times.append(clock.now)
    for start in times:
        within = sum(start <= moment < start + 60 for moment in times)
        assert within <= per_minute + tokens.burst + 1


def test_who_would_wait_too_long_is_told_before_anything_is_sent():
    tokens, clock = budget(1, longest_wait=90)
    tokens.take()
    tokens.take()
    clock.now -= 60
    with pytest.raises(errors.BudgetExceeded) as caught:
        tokens.take()
    assert caught.value.retryable
    assert caught.value.retry_after == pytest.approx(120)


def test_a_budget_needs_a_size():
    with pytest.raises(ValueError, match="at least one"):
        Budget(0)


class Steady(Retry):
    def jittered(self, pause: float) -> float:
        return pause


def test_pauses_double_from_one_second():
    assert [Steady().delay(attempt) for attempt in (1, 2, 3)] == [1, 2, 4]
    assert Steady().delay(1, asked=7) == 7
    assert Steady().delay(1, asked=3600) == 30


@given(st.integers(1, 10))
def test_jitter_stays_near_the_pause(attempt):
    assert 0.75 * 2 ** (attempt - 1) <= Retry(longest_delay=9e9).delay(attempt)
    assert Retry(longest_delay=9e9).delay(attempt) <= 1.25 * 2 ** (attempt - 1)


@pytest.mark.parametrize(
    ("error", "harmless", "again"),
    [
        (errors.ServerFault(status=500), True, True),
        (errors.ServerFault(status=500), False, False),
        (errors.TimedOut(), True, True),
        (errors.TimedOut(), False, False),
        (errors.ConnectionRefused(), False, True),
        (errors.HostUnknown(), False, True),
        (errors.ConnectionDropped(), False, False),
        (errors.TruncatedAnswer(), True, True),
        (errors.AnswerTooLarge(), True, False),
        (errors.CredentialsRefused(), True, False),
        (errors.BadRequest(), True, False),
        (errors.BudgetExceeded(), True, False),
    ],
)
def test_only_harmless_or_unsent_calls_are_repeated(error, harmless, again):
    """A create whose answer was lost must never be sent twice blindly."""
    assert Retry().should_retry(error, harmless, 1) is again
    assert not Retry().should_retry(error, harmless, 4)


def test_which_failures_leave_a_write_in_doubt():
    for error in (errors.TimedOut(), errors.ConnectionDropped(), errors.NotFound()):
        assert may_have_happened(error) is not isinstance(error, errors.NotFound)
    assert not may_have_happened(errors.ConnectionRefused())
    assert may_have_happened(errors.ServerFault(status=500))
    assert not may_have_happened(errors.ServerUnavailable(status=503))
    assert may_have_happened(errors.TruncatedAnswer(status=201))


def test_the_difference_of_the_clocks_is_measured():
    """Positive when the server is ahead; single slow answers do not matter."""
    skew = ClockSkew(clock=lambda: 1_700_000_000.0)
    assert skew.seconds is None
    skew.note("nonsense", 1.0)
    skew.note(None, 1.0)
    assert skew.seconds is None
    for seconds in (0.0, 0.2, 50.0):
        skew.note("Tue, 14 Nov 2023 22:14:20 GMT", seconds)
    assert skew.seconds == pytest.approx(60.6)
