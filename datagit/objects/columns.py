"""Short names for Arrow's columns."""

from typing import Any, TypeAlias

Column: TypeAlias = Any
"""A pyarrow Array or ChunkedArray; the stubs of pyarrow's kernels are too narrow to say it more exactly."""

Array: TypeAlias = Any
"""A pyarrow Array in one piece, for those who look into its buffers."""
