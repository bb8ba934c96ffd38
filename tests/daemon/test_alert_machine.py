"""Signed alerts by every way and in every order, told by an oracle; with more of them in `make fault`."""

from __future__ import annotations

from harness.alert_machine import SignedAlertMachine
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test


def test_signed_alerts_in_any_order_with_power_that_goes_at_any_write() -> None:
    run_state_machine_as_test(SignedAlertMachine, settings=settings(stateful_step_count=14))
