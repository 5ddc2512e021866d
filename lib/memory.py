"""How many bytes of tensors are alive: counted, so that every machine says the same."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Alive(TorchDispatchMode):
    """Count the bytes of the tensors that are made inside a ``with`` block.

    A tensor counts from the operation that returns it until nobody holds it any more; a view or a
    change in place needs no new memory and counts nothing. So what is counted depends on the
    program alone, where the memory that the system reports depends on the allocator, too.

    Tensors that exist beforehand do not count: make the data first, then open the block. Not seen
    are the scratch memory that an operation uses before it returns, sparse tensors, what other
    threads make, storages that no operation made (``copy.deepcopy`` of a bare tensor copies one),
    and arrays of other libraries. Of a tensor that is divided among processes (a ``DTensor``) this
    process's part counts.

    A few operations, such as an LSTM's or attention's, return scratch memory for their gradient.
    It counts, and its size depends on the kernels of the machine.

    Attributes
    ----------
    now : int
        Bytes alive at this moment; after the block it falls on, as its tensors are freed.
    peak : int
        The largest value that `now` has had.

    Examples
    --------
    A thousand numbers of eight bytes, twice while they are added, and then no more:

    >>> x = torch.ones(1000, dtype=torch.float64)
    >>> with Alive() as alive:
    ...     total = (2 * x + 1).sum()
    >>> alive.peak, alive.now
    (16000, 8)
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare the import of PyTorch's compiler, a second, at the first operation."""
        return False

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.peak = 0
        self._bytes: dict[int, int] = {}  # of each storage that was made here, by its address

    def __torch_dispatch__(
        self,
        func: Callable[..., Any],
        types: tuple[type, ...],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run one operation and count what it makes."""
        if any(kind.__name__ == "DTensor" for kind in types):
            return NotImplemented  # a tensor in parts says first what becomes of the parts
        before = {storage._cdata for storage in _storages((args, kwargs))}
        fresh = func is torch.ops.aten.lift_fresh.default
        if fresh and args[0].untyped_storage().resizable():  # an array's memory is not
            before = set()  # `torch.tensor` of a list: nobody has seen the tensor before
        result = func(*args, **(kwargs or {}))
        for storage in _storages((args, kwargs)):
            if storage._cdata in self._bytes:
                self._count(storage)  # `out=` may have made it larger
        for storage in _storages(result):
            if storage._cdata not in before:
                self._count(storage)
        return result

    def _count(self, storage: torch.UntypedStorage) -> None:
        """Write down the size of a storage, and have it taken off when the storage goes."""
        key = storage._cdata
        if key not in self._bytes:
            # The Python object of a storage lives as long as the storage itself.
            weakref.finalize(storage, self._forget, key).atexit = False
        self.now += storage.nbytes() - self._bytes.get(key, 0)
        self._bytes[key] = storage.nbytes()
        self.peak = max(self.peak, self.now)

    def _forget(self, key: int) -> None:
        self.now -= self._bytes.pop(key)


def _storages(tree: Any) -> Iterator[torch.UntypedStorage]:
    """Yield the memory behind each dense tensor in nested lists, tuples and dictionaries."""
    for leaf in tree_leaves(tree):
        if isinstance(leaf, torch.UntypedStorage):
            yield leaf
        if isinstance(leaf, torch.Tensor) and leaf.layout is torch.strided:
            storage = leaf.untyped_storage()
            if storage.device.type != "meta":  # such a tensor has a shape and no numbers
                yield storage
