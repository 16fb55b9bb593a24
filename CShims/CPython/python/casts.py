"""Values of another kind or element type than their space declares. Runs as the module `_ascent_casts`."""

import _ascent_host as host


def found(value):
    """Returns the kind of a value, for a notice."""
    import numpy

    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return value.dtype.name if value.dtype.isnative else f"{value.dtype.name} in foreign byte order"
    name = type(value).__name__
    if isinstance(value, (list, tuple, float, int)):
        return f"an {name}" if name == "int" else f"a {name}"
    return f"of type {host.shown(name)}"


def converted(value, shape, element):
    """Returns an array with the numbers of `value`, and what `value` is; None if it does not have this shape.

    Floats are rounded to fewer digits, but a whole number remains what it is, or the result is None.
    """
    import numpy

    if isinstance(value, (str, bytes, dict)):
        return None
    try:
        array = numpy.asarray(value)
    except (TypeError, ValueError):  # for example lists of several lengths
        return None
    if array.shape != tuple(shape) or array.dtype.kind not in "biuf":
        return None
    if numpy.dtype(element).kind == "f":
        return numpy.ascontiguousarray(array, dtype=numpy.float64).reshape(shape), found(value)
    with numpy.errstate(invalid="ignore"):
        cast = numpy.ascontiguousarray(array, dtype=element).reshape(shape)
    return (cast, found(value)) if numpy.array_equal(cast, array) else None


# The kinds of numpy's elements that are taken for a number, a whole number or a flag.
KINDS = {"number": "biuf", "whole": "iuf", "flag": "biu"}


def single(value, kind):
    """Returns the number of an array of one element, and what the array is; None for other values."""
    import numpy

    if isinstance(value, (str, bytes, dict, list, tuple)) or value is None:
        return None
    try:
        array = numpy.asarray(value)
    except (TypeError, ValueError):
        return None
    if array.size != 1 or array.dtype.kind not in KINDS[kind]:
        return None
    number = array.item()
    if kind == "whole":
        if not numpy.isfinite(number) or number != int(number):
            return None
        number = int(number)
    is_array = hasattr(value, "shape") and not isinstance(value, numpy.generic)
    return number, f"an array of shape {array.shape}" if is_array else found(value)


def number_at(value, index):
    """Returns one element of an array as a float64: a number that float32 cannot hold is not infinite."""
    import numpy

    return float(numpy.ravel(numpy.asarray(value))[index])
