# SPDX-License-Identifier: MIT
"""The one queue: what the jobs of all callers hear, and in which order. Whose turn it is: see `test_turns`."""

from __future__ import annotations

import pytest
from engine_bench import ENOUGH, PENDING, error, outcome
from twisted.internet.defer import Deferred, succeed
from twisted.internet.task import Clock

from typewright.engine.job import Job
from typewright.engine.job_queue import JobQueue
from typewright.engine.plans import CommitStep, KeyStep
from typewright.errors import DisplayLost, LimitsExceeded
from typewright.interfaces.services import Report
from typewright.keymap.chords import State, chord
from typewright.reasons import FOCUS_MOVED, STOPPING

CHORD = chord([38], {}, State(0, 0), "s")


class Queue:
    """A queue whose works wait to be ended by hand, and write down when they begin."""

    def __init__(self, **limits: int) -> None:
        self.log: list[tuple[object, ...]] = []
        self.clock = Clock()
        self.works: dict[str, Deferred[bool]] = {}
        self.all: dict[str, Job] = {}
        self.jobs = JobQueue(
            self.clock,
            **limits,
        )
        self.jobs.on_busy = lambda busy: self.log.append(("busy", busy))
        self.jobs.on_end = lambda job, report: self.log.append(("end", job.caller, report.confirmed, report.reason))

    def submit(self, name: str, caller: str) -> Deferred[Report]:
        def work(job: Job) -> Deferred[bool]:
            assert job is self.all[name]
            self.log.append(("begin", name))
            self.works[name] = Deferred()
            return self.works[name]

        self.all[name] = Job(caller, "insert", total=5)
        return self.jobs.submit(self.all[name], work)

    def run_all(self) -> list[str]:
        """End one work after the other, until there is none; their names."""
        names = []
        while self.works:
            (name,) = self.works
            names.append(name)
            self.works.pop(name).callback(True)
        return names


def test_as_many_jobs_as_may_wait_may_end_as_they_begin() -> None:
    queue = Queue(per_caller=1000, in_all=1000)
    replies = [queue.submit("one", "A")]
    replies += [queue.jobs.submit(Job("A", "release"), lambda job: succeed(False)) for _ in range(999)]
    queue.run_all()
    assert not any(outcome(reply) is PENDING for reply in replies)
    assert queue.log[-1] == ("busy", False)


@pytest.mark.promise("T19")
def test_jobs_are_typed_first_come_first_served_and_never_at_the_same_time() -> None:
    queue = Queue()
    replies = [queue.submit(name, caller) for name, caller in [("one", "A"), ("two", "A"), ("three", "A")]]
    for name in ("one", "two", "three"):
        assert list(queue.works) == [name]
        queue.works.pop(name).callback(True)
    assert [outcome(reply).confirmed for reply in replies] == [True] * 3
    assert queue.log == [
        ("busy", True),
        ("begin", "one"), ("end", "A", True, ""),
        ("begin", "two"), ("end", "A", True, ""),
        ("begin", "three"), ("end", "A", True, ""),
        ("busy", False),
    ]  # fmt: skip


def test_callers_take_turns() -> None:
    queue = Queue()
    for name, caller in [("a1", "A"), ("a2", "A"), ("a3", "A"), ("b1", "B"), ("b2", "B"), ("c1", "C")]:
        queue.submit(name, caller)
    assert queue.run_all() == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_one_who_waits_for_each_answer_has_as_many_turns_as_one_who_does_not() -> None:
    queue = Queue()
    for number in range(5):
        queue.submit(f"many{number}", "A")
    names = iter("wxyz")

    def again(_: object) -> None:
        if name := next(names, ""):
            queue.submit(name, "B").addCallback(again)

    again(None)
    assert queue.run_all() == ["many0", "w", "many1", "x", "many2", "y", "many3", "z", "many4"]


def wait(queue: Queue, name: str) -> None:
    """End the work of a job that waits for its window."""
    queue.all[name].waits = True
    queue.works.pop(name).callback(False)


@pytest.mark.promise("waits-for-focus")
def test_a_job_that_waits_for_its_window_lets_others_go_first_and_none_of_its_caller() -> None:
    queue = Queue()
    replies = [queue.submit(name, caller) for name, caller in [("a1", "A"), ("a2", "A"), ("b1", "B"), ("b2", "B")]]
    wait(queue, "a1")
    assert queue.run_all() == ["b1", "b2"]
    assert [outcome(reply) is PENDING for reply in replies] == [True, True, False, False]
    queue.clock.advance(0.05)
    wait(queue, "a1")
    assert queue.works == {}
    queue.clock.advance(0.05)
    assert queue.run_all() == ["a1", "a2"]
    assert [outcome(reply).confirmed for reply in replies] == [True] * 4
    assert outcome(replies[0]).elapsed_s == pytest.approx(0.1)
    assert [line for line in queue.log if line[0] == "busy"] == [("busy", True), ("busy", False)]
    assert queue.clock.getDelayedCalls() == []


def test_a_job_that_waits_for_its_window_is_stopped_at_once() -> None:
    queue = Queue()
    reply, other = queue.submit("a1", "A"), queue.submit("b1", "B")
    wait(queue, "a1")
    assert outcome(queue.jobs.stop(STOPPING, "A")) == 1
    assert (outcome(reply).confirmed, outcome(reply).reason) == (False, STOPPING.sentence)
    assert queue.run_all() == ["b1"]
    assert outcome(other).confirmed
    assert queue.clock.getDelayedCalls() == []


def test_the_report_holds_what_the_job_wrote_down() -> None:
    queue = Queue()
    queue.clock.advance(10)
    reply = queue.submit("one", "A")
    queue.all["one"].confirmed(CHORD)
    queue.all["one"].level = "server"
    queue.all["one"].stop(FOCUS_MOVED)
    queue.clock.advance(0.25)
    queue.works["one"].callback(False)
    assert outcome(reply) == Report(False, 1, 5, "server", FOCUS_MOVED.sentence, 0.25, 0, FOCUS_MOVED.code)


def test_the_time_in_the_queue_is_not_counted() -> None:
    queue = Queue()
    queue.submit("one", "A")
    reply = queue.submit("two", "A")
    queue.clock.advance(3)
    queue.works["one"].callback(True)
    queue.clock.advance(0.5)
    queue.works["two"].callback(True)
    assert outcome(reply).elapsed_s == 0.5


def test_work_that_is_done_at_once() -> None:
    log: list[object] = []
    jobs = JobQueue(Clock())
    jobs.on_busy = log.append
    replies = [jobs.submit(Job("A", "press"), lambda job: succeed(True)) for _ in range(3)]
    assert [outcome(reply).confirmed for reply in replies] == [True] * 3
    assert log == [True, False] * 3
    assert not jobs.busy


def test_a_job_that_is_submitted_in_answer_to_a_reply_is_typed_in_its_turn() -> None:
    queue = Queue()
    queue.submit("one", "A").addCallback(lambda _: queue.submit("three", "A") and None)
    queue.submit("two", "B")
    queue.works["one"].callback(True)
    assert [entry[1] for entry in queue.log if entry[0] == "begin"] == ["one", "two"]
    queue.works["two"].callback(True)
    queue.works["three"].callback(True)
    assert [entry for entry in queue.log if entry[0] == "busy"] == [("busy", True), ("busy", False)]


def test_busy_while_a_job_runs() -> None:
    queue = Queue()
    assert not queue.jobs.busy
    queue.submit("one", "A")
    assert queue.jobs.busy
    queue.works["one"].callback(False)
    assert not queue.jobs.busy


# --- Limits ----------------------------------------------------------------------------------------------------------


def test_one_caller_may_have_so_many_jobs_the_running_one_included() -> None:
    queue = Queue(per_caller=2, in_all=9)
    queue.submit("one", "A")
    queue.submit("two", "A")
    with pytest.raises(LimitsExceeded, match=r"^You have 2 jobs waiting"):
        queue.submit("three", "A")
    queue.submit("four", "B")
    queue.works["one"].callback(True)
    queue.submit("five", "A")
    assert [entry[1] for entry in queue.log if entry[0] == "begin"] == ["one", "four"]


def test_so_many_callers_may_have_a_job() -> None:
    queue = Queue(per_caller=9, in_all=3)
    for name in "ABC":
        queue.submit(name, name)
    with pytest.raises(LimitsExceeded, match=r"^3 callers have jobs waiting"):
        queue.submit("D", "D")
    queue.works["A"].callback(True)
    assert outcome(queue.submit("D", "D")) is PENDING


def test_those_with_many_jobs_fill_the_queue_for_each_other_only() -> None:
    queue = Queue(per_caller=9, in_all=4)
    for name in ("A1", "A2", "A3", "B1", "B2", "B3"):
        queue.submit(name, name[0])
    for caller in "AB":
        with pytest.raises(
            LimitsExceeded, match=r"^Callers with several jobs have filled the queue, and one of yours is in it"
        ):
            queue.submit("more", caller)
    for caller in "CD":
        assert outcome(queue.submit(caller, caller)) is PENDING
    queue.works["A1"].callback(True)
    assert outcome(queue.submit("D2", "D")) is PENDING
    with pytest.raises(LimitsExceeded, match=r"^Callers with several"):
        queue.submit("more", "A")


def test_a_refused_job_leaves_no_trace() -> None:
    queue = Queue(per_caller=1)
    queue.submit("one", "A")
    with pytest.raises(LimitsExceeded):
        queue.submit("two", "A")
    queue.works["one"].callback(True)
    assert queue.log == [("busy", True), ("begin", "one"), ("end", "A", True, ""), ("busy", False)]


# --- Stopping --------------------------------------------------------------------------------------------------------


def test_stop_answers_a_callers_waiting_jobs_at_once_and_waits_for_the_running_one() -> None:
    queue = Queue()
    running, others, waiting = queue.submit("one", "A"), queue.submit("two", "B"), queue.submit("three", "A")
    stopping = queue.jobs.stop(ENOUGH, "A")
    assert outcome(waiting) == Report(False, 0, 5, "", "enough", 0.0, 0, "enough")
    assert [outcome(running), outcome(others), outcome(stopping)] == [PENDING] * 3
    assert (queue.all["one"].reason, queue.all["two"].reason) == (ENOUGH, None)
    queue.works["one"].callback(False)
    assert outcome(running).reason == "enough"
    assert outcome(stopping) == 2
    queue.works["two"].callback(True)
    assert outcome(others).confirmed
    assert [entry[1] for entry in queue.log if entry[0] == "begin"] == ["one", "two"]


def test_stop_of_a_caller_whose_jobs_only_wait_fires_at_once() -> None:
    queue = Queue()
    queue.submit("one", "A")
    waiting = [queue.submit(name, "B") for name in ("two", "three")]
    assert outcome(queue.jobs.stop(ENOUGH, "B")) == 2
    assert [outcome(reply).reason for reply in waiting] == ["enough", "enough"]
    assert queue.all["one"].reason is None
    queue.works["one"].callback(True)
    assert queue.log[-1] == ("busy", False)


def test_stop_without_a_caller_means_everybody() -> None:
    queue = Queue()
    replies = [queue.submit(name, name) for name in "ABC"]
    stopping = queue.jobs.stop(STOPPING)
    queue.works["A"].callback(False)
    assert outcome(stopping) == 3
    assert [outcome(reply).reason for reply in replies] == ["the service is stopping"] * 3
    assert [entry[1] for entry in queue.log if entry[0] == "end"] == ["B", "C", "A"]
    assert not queue.jobs.busy


def test_stop_with_nothing_to_stop() -> None:
    queue = Queue()
    assert outcome(queue.jobs.stop(ENOUGH)) == 0
    queue.submit("one", "A")
    assert outcome(queue.jobs.stop(ENOUGH, "B")) == 0
    assert queue.all["one"].reason is None


def test_stop_fires_also_when_the_running_job_breaks() -> None:
    queue = Queue()
    running = queue.submit("one", "A")
    stopping = queue.jobs.stop(ENOUGH)
    queue.works["one"].errback(DisplayLost())
    assert outcome(stopping) == 1
    assert error(running) is DisplayLost


def test_an_answer_may_stop_jobs_itself() -> None:
    queue = Queue()
    queue.submit("one", "A")
    queue.submit("two", "B").addCallback(lambda _: queue.jobs.stop("because of two", "C") and None)
    third = queue.submit("three", "C")
    queue.jobs.stop(ENOUGH)
    queue.works["one"].callback(False)
    assert outcome(third).confirmed is False
    assert [entry[1] for entry in queue.log if entry[0] == "end"].count("C") == 1


# --- Errors ----------------------------------------------------------------------------------------------------------


def test_work_that_errbacks_is_the_reply_and_the_queue_goes_on() -> None:
    queue = Queue()
    broken, next_one = queue.submit("one", "A"), queue.submit("two", "B")
    queue.works["one"].errback(DisplayLost())
    assert error(broken) is DisplayLost
    queue.works["two"].callback(True)
    assert outcome(next_one).confirmed
    assert queue.log == [
        ("busy", True), ("begin", "one"), ("begin", "two"), ("end", "B", True, ""), ("busy", False),
    ]  # fmt: skip


def test_work_that_raises_is_the_reply_too() -> None:
    jobs = JobQueue(Clock())

    def work(job: Job) -> Deferred[bool]:
        raise ZeroDivisionError

    assert error(jobs.submit(Job("A", "press"), work)) is ZeroDivisionError
    assert outcome(jobs.submit(Job("A", "press"), lambda job: succeed(True))).confirmed


def test_nobody_sees_the_text_of_a_job() -> None:
    job = Job("A", "insert", total=9)
    job.confirmed(CHORD)
    job.confirmed(CHORD._replace(text="ecret"))
    assert "s" not in repr(CHORD).removeprefix("Chord(keys=")
    assert (job.take_text(), repr(job)) == ("secret", "Job(insert for A, 2 of 9)")
    assert repr(KeyStep(lambda coder: (), (("s", "e"),))) == "KeyStep(1 slots, after_barrier=False)"
    assert repr(CommitStep("secret")) == "CommitStep(6 characters)"
