"""What processes spend: CPU of a server and of its database, memory with shared pages once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Spent:
    """CPU milliseconds of the server and of the database."""

    server: float
    database: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.server + self.database


def cpu(processes: Iterable[psutil.Process]) -> float:
    """Return the CPU seconds that these processes have used so far."""
    used = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system
    return used


def spent(
    server: Callable[[], list[psutil.Process]],
    database: Callable[[], list[psutil.Process]],
    work: Callable[[], int],
) -> Spent:
    """Return the CPU milliseconds for each unit of `work`, which says how many it did."""
    before = cpu(server()), cpu(database())
    done = work()
    after = cpu(server()), cpu(database())
    return Spent((after[0] - before[0]) * 1000 / done, (after[1] - before[1]) * 1000 / done)


def memory(processes: Iterable[psutil.Process]) -> float:
    """Return the MiB that these processes hold, pages that they share counted once."""
    return sum(process.memory_full_info().pss for process in processes) / 2**20
