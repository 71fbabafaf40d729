"""What errors look like when memory runs out."""

from __future__ import annotations

#: Words of torch's allocator and of oneDNN, which says no more than this; with more words it is another mistake.
_ON_CPU = ("DefaultCPUAllocator", "could not create a memory")
_PRIMITIVE = "could not create a primitive"


def lacks_memory(error: BaseException) -> bool:
    """Whether an error says that memory is short: Python's own, NumPy's and Arrow's, or torch's on CPUs and GPUs.

    torch has a class for GPUs alone, told here by its name so that jobs without networks need not import torch. On CPUs
    it raises RuntimeError.
    """
    if isinstance(error, MemoryError) or on_gpu(error):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and (text == _PRIMITIVE or any(words in text for words in _ON_CPU))


def on_gpu(error: BaseException) -> bool:
    """Whether the memory that is short is a GPU's."""
    return type(error).__name__ == "OutOfMemoryError"
