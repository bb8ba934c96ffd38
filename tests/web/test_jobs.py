"""What takes longer than a page: made once for all who ask, one at a time, and it ends when nobody wants it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from loudspeaker.errors import LoudspeakerError, Message, Refused
from loudspeaker.web.jobs import MOST_WAITING, Job, JobControl, Jobs, JobState


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


def finished(jobs: Jobs, key: str) -> Job:
    while (job := jobs.find(key)) and job.is_open:
        jobs.wait(1)
    assert job
    return job


def holding(begun: Event, go_on: Event) -> Callable[[JobControl], object]:
    def work(control: JobControl) -> object:
        begun.set()
        go_on.wait()
        return "made"

    return work


def test_what_is_under_way_is_not_begun_again(jobs: Jobs) -> None:
    begun, go_on, times = Event(), Event(), []

    def work(control: JobControl) -> object:
        times.append(1)
        begun.set()
        go_on.wait()
        return "made"

    jobs.start("a", work)
    begun.wait()
    assert jobs.start("a", work).state is JobState.RUNNING
    go_on.set()

    assert (finished(jobs, "a").result, times) == ("made", [1])


def test_one_is_made_after_the_other_and_the_thread_ends(jobs: Jobs) -> None:
    begun, go_on = Event(), Event()
    jobs.start("a", holding(begun, go_on))
    begun.wait()
    waiting = jobs.start("b", lambda control: "b")
    assert waiting.state is JobState.WAITING
    go_on.set()

    assert finished(jobs, "b").result == "b"
    while not jobs.is_idle():
        jobs.wait(1)


def test_too_many_are_refused(jobs: Jobs) -> None:
    begun, go_on = Event(), Event()
    jobs.start("a", holding(begun, go_on))
    begun.wait()
    for number in range(MOST_WAITING):
        jobs.start(str(number), lambda control: None)
    with pytest.raises(Refused):
        jobs.start("more", lambda control: None)
    go_on.set()


def test_how_far_a_command_is_can_be_seen(jobs: Jobs) -> None:
    code = "import json; print('noise'); [print(json.dumps({'done': n, 'total': 7}), flush=True) for n in range(1, 8)]"
    jobs.start("a", lambda control: control.run([sys.executable, "-c", code]))
    job = finished(jobs, "a")

    assert (job.state, job.done, job.total) == (JobState.DONE, 7, 7)


def test_a_command_that_fails_says_why_with_its_last_line(jobs: Jobs) -> None:
    jobs.start("a", lambda control: control.run([sys.executable, "-c", "raise SystemExit('thiếu giọng đọc')"]))
    job = finished(jobs, "a")

    assert job.state is JobState.FAILED
    assert "thiếu giọng đọc" in str(job.error)


def test_a_command_ends_with_its_job(jobs: Jobs) -> None:
    begun = Event()
    code = (
        "import sys; print('{\"done\": 1, \"total\": 2}', flush=True); sys.stdin.read() or __import__('signal').pause()"
    )

    def work(control: JobControl) -> None:
        tell = control.tell

        def told(done: int, total: int) -> None:
            tell(done, total)
            begun.set()

        control.tell = told
        control.run([sys.executable, "-c", code])

    jobs.start("a", work)
    begun.wait()
    jobs.cancel("a")

    assert finished(jobs, "a").state is JobState.FAILED


def test_what_waits_can_be_given_up(jobs: Jobs) -> None:
    begun, go_on = Event(), Event()
    jobs.start("a", holding(begun, go_on))
    begun.wait()
    jobs.start("b", lambda control: "b")
    jobs.cancel("b")
    go_on.set()

    assert jobs.find("b") is None
    assert finished(jobs, "a").result == "made"


@pytest.mark.parametrize("fault", [LoudspeakerError(Message("no voice")), ZeroDivisionError("no voice")])
def test_a_job_that_fails_keeps_no_other_waiting(jobs: Jobs, fault: Exception) -> None:
    def work(control: JobControl) -> None:
        raise fault

    jobs.start("a", work)
    jobs.start("b", lambda control: "b")

    assert "no voice" in str(finished(jobs, "a").error)
    assert finished(jobs, "b").result == "b"


def test_what_failed_may_be_tried_again(jobs: Jobs) -> None:
    def work(control: JobControl) -> None:
        raise LoudspeakerError(Message("no voice"))

    jobs.start("a", work)
    finished(jobs, "a")
    jobs.start("a", lambda control: "made")

    assert finished(jobs, "a").result == "made"


def test_a_command_that_complains_much_is_not_held_up(jobs: Jobs) -> None:
    code = "import sys; sys.stderr.write('lạ\\n' * 100_000); raise SystemExit('thiếu giọng đọc')"
    jobs.start("a", lambda control: control.run([sys.executable, "-c", code]))

    assert str(finished(jobs, "a").error).endswith("thiếu giọng đọc")


def test_a_command_that_ends_before_it_has_read_says_why(jobs: Jobs) -> None:
    code = "raise SystemExit('thiếu giọng đọc')"
    jobs.start("a", lambda control: control.run([sys.executable, "-c", code], "chữ" * 1_000_000))

    assert str(finished(jobs, "a").error).endswith("thiếu giọng đọc")


def test_a_command_that_is_cancelled_as_it_begins_does_not_run(jobs: Jobs) -> None:
    class CancelledOnTheWay(list[str]):
        """A command during whose start its job is cancelled."""

        def __iter__(self) -> Iterator[str]:
            jobs.cancel("a")
            return super().__iter__()

    code = 'import time; time.sleep(2); print(\'{"done": 1, "total": 1}\')'
    jobs.start("a", lambda control: control.run(CancelledOnTheWay([sys.executable, "-c", code])))
    job = finished(jobs, "a")

    assert (job.state, job.done) == (JobState.FAILED, 0)
