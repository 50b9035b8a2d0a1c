"""Work in processes that may be killed: an item that hangs, swells or crashes costs itself, not the batch.

concurrent.futures has no such pool: one dead process breaks all of it, and a running item cannot be stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Generic, Literal, TypeVar

try:
    import resource
except ImportError:  # outside Unix there is no bound on memory; the bound on time holds everywhere
    resource = None  # type: ignore[assignment]

# Not fork: the parent has threads. Where there is no forkserver, each process imports for itself.
FORKSERVER = "forkserver" in multiprocessing.get_all_start_methods()
CONTEXT = multiprocessing.get_context("forkserver") if FORKSERVER else multiprocessing.get_context("spawn")

TOGETHER, HEAVY = 8, 1 << 20  # items, and bytes, that are sent to a process at once

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may take: wall-clock seconds, and bytes of address space of its process."""

    seconds: float = 20.0
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Lost:
    """Why an item gave no result; `detail` is for a person."""

    reason: Literal["timeout", "memory", "died"]
    detail: str


def cores() -> int:
    """How many processes can run at once here."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    task: Callable[[Item], Result],
    items: Iterable[Item],
    processes: int,
    limits: Limits = Limits(),
    weigh: Callable[[Item], int] = lambda item: HEAVY,
) -> Iterator[tuple[Item, Result | Lost]]:
    """The items with their results, as they come. Task, items and results are pickled; a process starts when needed.

    `weigh` gives an item's bytes: light ones are sent several at once, so that a process need not wait for each; the
    limits are those of one item all the same. With no processes, the work is done here and now, without limits.
    """
    if not processes:
        yield from ((item, task(item)) for item in items)
        return
    workers = [_Worker(task, limits) for _ in range(processes)]
    idle: SimpleQueue[_Worker[Item, Result]] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def ask(some: list[Item]) -> list[tuple[Item, Result | Lost]]:
        worker = idle.get()
        try:
            return list(zip(some, worker.ask(some), strict=True))
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(processes)
    waiting: set[Future[list[tuple[Item, Result | Lost]]]] = set()
    try:
        for some in _loads(items, weigh):
            waiting.add(threads.submit(ask, some))
            if len(waiting) >= 2 * processes:  # none waits for its next items, and few items wait in memory
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (pair for future in done for pair in future.result())
        yield from (pair for future in waiting for pair in future.result())
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:  # what is under way ends at once when nobody wants the rest
            worker.stop()
        threads.shutdown()
        for worker in workers:  # begun meanwhile
            worker.stop()


def _loads(items: Iterable[Item], weigh: Callable[[Item], int]) -> Iterator[list[Item]]:
    """The items as they are sent: TOGETHER at most, and no more than HEAVY bytes unless one alone is heavier."""
    load: list[Item] = []
    weight = 0
    for item in items:
        size = weigh(item)
        if load and (weight + size > HEAVY or len(load) == TOGETHER):
            yield load
            load, weight = [], 0
        load.append(item)
        weight += size
    if load:
        yield load


class _Worker(Generic[Item, Result]):
    """One process, begun at its first item and anew after each that it did not survive."""

    def __init__(self, task: Callable[[Item], Result], limits: Limits) -> None:
        self._task, self._limits = task, limits
        self._process: multiprocessing.process.BaseProcess | None = None
        self._stopped = False

    def ask(self, items: list[Item]) -> list[Result | Lost]:
        """A result for each; those after one that the process did not survive are given to the next."""
        results: list[Result | Lost] = []
        while len(results) < len(items):
            rest = items[len(results) :]
            if self._stopped:
                return results + [Lost("died", "the work was stopped")] * len(rest)
            self._give(rest)
            while self._process and len(results) < len(items):
                results.append(self._answer())
        return results

    def _answer(self) -> Result | Lost:
        try:
            if self._line.poll(self._limits.seconds):
                answer: Result | Lost = self._line.recv()
                return answer
        except (EOFError, OSError):
            return Lost("died", f"its process ended with {self._end()}")
        self._end()
        return Lost("timeout", f"not done after {self._limits.seconds:g} s")

    def _give(self, items: list[Item]) -> None:
        if self._process is None:
            self._start()
        try:
            self._line.send(items)
        except BrokenPipeError:  # it ended while it had nothing to do: not these items' fault
            self._end()
            self._start()
            self._line.send(items)

    def _start(self) -> None:
        self._line, theirs = CONTEXT.Pipe()
        CONTEXT.set_forkserver_preload([_module(self._task)])  # imported once: a new process is there at once
        process = CONTEXT.Process(target=_work, args=(theirs, self._task, self._limits.memory), daemon=True)
        process.start()
        self._process = process
        theirs.close()
        self._line.recv()  # ready: what it takes to start is not the item's fault

    def _end(self) -> int | None:
        assert self._process
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._line.close()
        self._process = None
        return code

    def stop(self) -> None:
        self._stopped = True
        if self._process:
            self._process.kill()


def _module(task: Callable[..., object]) -> str:
    return str(getattr(task, "func", task).__module__)


def _work(line: Connection, task: Callable[[Item], Result], memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    if resource:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    line.send("ready")
    with suppress(EOFError, BrokenPipeError):  # the parent has ended
        while True:
            for item in line.recv():
                line.send(_done(task, item, memory))


def _done(task: Callable[[Item], Result], item: Item, memory: int) -> Result | Lost:
    try:
        return task(item)
    except MemoryError:
        return Lost("memory", f"needs more than {memory >> 20} MB")
