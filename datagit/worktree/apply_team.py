"""Worker processes that write a large checkout side by side: slices in path order, handed out as workers get free."""

import selectors
from collections.abc import Callable, Sequence

from datagit.objects.reader import ObjectReader
from datagit.worktree.frames import Worker
from datagit.worktree.writer import Wanted, WrittenColumns

_MODULE = "datagit.worktree.apply_worker"
_SLICE_FILES = 2048
_SLICE_BYTES = 64 << 20


def write_side_by_side(
    root_path: bytes, objects: ObjectReader, wanted: Sequence[Wanted], workers: int, advance: Callable[[int], None]
) -> WrittenColumns:
    """Write files and links by so many worker processes, and return their stat columns in the order of wanted.

    Raises what write_slice raises, an OSError as the StorageError that it means; the other workers finish their slice.
    """
    slices = cut_slices(wanted)
    results: dict[int, WrittenColumns] = {}
    waiting = iter(enumerate(slices))
    running: dict[Worker, int] = {}
    team: list[Worker] = []
    try:
        with selectors.DefaultSelector() as selector:
            for number, part in waiting:
                worker = Worker(_MODULE)
                team.append(worker)
                worker.send((root_path, objects))
                worker.send(part)
                running[worker] = number
                selector.register(worker.replies, selectors.EVENT_READ, worker)
                if len(team) == workers:
                    break
            while running:
                for key, _ in selector.select():
                    worker = key.data
                    columns = worker.receive()
                    done = running.pop(worker)
                    results[done] = columns
                    following = next(waiting, None)
                    if following is None:
                        selector.unregister(worker.replies)
                    else:
                        running[worker] = following[0]
                        worker.send(following[1])
                    advance(len(slices[done]))
    finally:
        for worker in team:
            worker.stop()
    return WrittenColumns.joined([results[number] for number in range(len(slices))])


def cut_slices(wanted: Sequence[Wanted]) -> list[Sequence[Wanted]]:
    """Return wanted in pieces that are long enough to be worth a message and short enough to end together."""
    slices: list[Sequence[Wanted]] = []
    start = size = 0
    for number, want in enumerate(wanted):
        size += want.size
        if number + 1 - start == _SLICE_FILES or size >= _SLICE_BYTES:
            slices.append(wanted[start : number + 1])
            start, size = number + 1, 0
    if start < len(wanted):
        slices.append(wanted[start:])
    return slices
