"""Work in processes that may be killed: what goes wrong with an item costs that item."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from threading import Event

import pytest

from pipeline.workers import Limits, Lost, _Worker, each

LIMITS = Limits(seconds=4, memory=1 << 30)


def task(item: str) -> str:
    """What an item does to its process is its name."""
    match item:
        case "hang":
            Event().wait()
        case "swell":
            return str(len("x" * (4 << 30)))
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "pid":
            return str(os.getpid())
        case "exit":
            os._exit(3)
        case "fault":
            raise RuntimeError("a fault of ours")
    return item.upper()


def test_items_come_back_with_their_results() -> None:
    items = [f"item {n}" for n in range(50)]
    for processes in (0, 1, 3):
        assert sorted(each(task, items, processes, LIMITS)) == sorted((item, item.upper()) for item in items)


@pytest.mark.parametrize(
    ("item", "reason"),
    [("hang", "timeout"), ("swell", "memory"), ("crash", "died"), ("exit", "died"), ("fault", "died")],
)
@pytest.mark.parametrize("processes", [1, 2])
def test_a_bad_item_costs_itself(item: str, reason: str, processes: int) -> None:
    done = dict(each(task, ["a", item, "b", item, "c"], processes, LIMITS))
    lost = done.pop(item)
    assert isinstance(lost, Lost)
    assert lost.reason == reason
    assert lost.detail
    assert done == {"a": "A", "b": "B", "c": "C"}


def test_a_process_that_ends_while_idle_costs_nothing() -> None:
    worker = _Worker(task, LIMITS)
    (first,) = worker.ask(["pid"])
    assert isinstance(first, str)
    os.kill(int(first), signal.SIGKILL)
    assert worker._process
    worker._process.join()
    assert worker.ask(["a"]) == ["A"]
    worker.stop()


def test_items_are_taken_as_they_are_needed() -> None:
    """A million pages are not read before the first is done."""
    taken = 0

    def items() -> object:
        nonlocal taken
        for n in range(1000):
            taken += 1
            yield str(n)

    results = each(task, items(), 2, LIMITS)  # type: ignore[arg-type]
    next(results)
    assert taken <= 5
    results.close()  # type: ignore[attr-defined]
    assert taken <= 5


PARENT = """
import os
from tests.test_workers import LIMITS, each
def who(item):
    return os.getpid()
if __name__ == "__main__":
    for item, pid in each(os.path.basename, iter(lambda: "x", None), 2, LIMITS):
        print("working", flush=True)
"""


def test_no_process_outlives_a_killed_parent() -> None:
    """The pipe's end is how a worker learns of it: its output closes when the last of them has gone."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout
    assert parent.stdout.readline() == b"working\n"
    parent.kill()
    parent.communicate(timeout=20)


def misbehave(n: int) -> int:
    """Item 3 hangs, item 5 dies, item 6 swells."""
    if n == 3:
        time.sleep(60)
    if n == 5:
        os._exit(9)
    if n == 6:
        bytearray(1 << 40)
    return n * n


def test_items_sent_together_are_lost_one_by_one() -> None:
    found = dict(each(misbehave, range(20), 1, Limits(seconds=1), weigh=lambda item: 1))
    lost = {item: result.reason for item, result in found.items() if isinstance(result, Lost)}
    assert lost == {3: "timeout", 5: "died", 6: "memory"}
    assert {item: result for item, result in found.items() if item not in lost} == {
        n: n * n for n in range(20) if n not in lost
    }
