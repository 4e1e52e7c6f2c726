"""Generated inputs, kernels, paddings and strides that tests of several modules share."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

# So small that sums of them are exact in float32, too, in whatever order they are made.
SMALL = st.integers(-9, 9)
STRIDES = st.integers(1, 4)
SIDES = st.integers(0, 3)
DTYPES = st.sampled_from([np.int8, np.int64, np.float32, np.float64])


def small_arrays(*shape, dtype=np.int64):
    """Return a strategy for arrays of whole numbers from -9 to 9."""
    return arrays.arrays(dtype, shape, elements=SMALL.map(np.dtype(dtype).type))


@st.composite
def cases(draw, n_axes, rest=(), dtypes=DTYPES):
    """Draw an array, a kernel that fits into it, a padding that is valid for both and a stride.

    Args:
        draw: given by Hypothesis.
        n_axes: the kernel's axes, and the array's without `rest`.
        rest: the sizes of the array's other axes.
        dtypes: a strategy for the dtype of both.
    """
    kernel_shape = [draw(st.integers(1, 5)) for _ in range(n_axes)]
    shape = [side + draw(st.integers(0, 6)) for side in kernel_shape]
    odd = all(side % 2 for side in kernel_shape)
    words = st.sampled_from(["valid", "full", *(["same"] if odd else [])])
    entry = SIDES | st.tuples(SIDES, SIDES)
    padding = draw(words | SIDES | st.tuples(*[entry] * n_axes))
    stride = draw(STRIDES | st.tuples(*[STRIDES] * n_axes))
    array = draw(small_arrays(*shape, *rest, dtype=draw(dtypes)))
    return array, draw(small_arrays(*kernel_shape, dtype=draw(dtypes))), padding, stride


def zeros_beside(padding, kernel_shape):
    """Return the zeros (before, after) each axis, by the definitions of arXiv:1603.07285."""
    if isinstance(padding, tuple):
        return [entry if isinstance(entry, tuple) else (entry, entry) for entry in padding]
    zeros = {
        "valid": [0 for _ in kernel_shape],
        "same": [side // 2 for side in kernel_shape],
        "full": [side - 1 for side in kernel_shape],
    }
    return [(n, n) for n in zeros.get(padding, [padding] * len(kernel_shape))]


def every(stride, n_axes):
    """Return the slices that keep what a stride keeps of an output with stride 1."""
    steps = stride if isinstance(stride, tuple) else (stride,) * n_axes
    return tuple(slice(None, None, step) for step in steps)
