"""Statistics over a few seeds: centers and bootstrap intervals; and a function that writes files atomically."""

import os

import numpy

RESAMPLES = 10_000


def interquartile_mean(values):
    """The mean of the middle half of the values; a value at the edge of the half is weighted by its part in it."""
    values = numpy.sort(numpy.asarray(values), axis=-1)
    n = values.shape[-1]
    edges = numpy.arange(n + 1)
    weights = numpy.clip(numpy.minimum(edges[1:], 0.75 * n) - numpy.maximum(edges[:-1], 0.25 * n), 0, None)
    return (values * weights).sum(axis=-1) / weights.sum()


def mean(values):
    return numpy.mean(values, axis=-1)


def resamples(count, seed=1):
    """Indices of seeds, drawn with replacement: [resample x seed]."""
    return numpy.random.default_rng(seed).integers(0, count, (RESAMPLES, count))


def interval(values, center):
    """The 95 % percentile bootstrap interval of a center: low and high."""
    values = numpy.asarray(values)
    return numpy.quantile(center(values[resamples(len(values))]), [0.025, 0.975])


def highest_of(curve):
    """The maximum of the mean over the last 100 episodes, from rows (mean return, episodes) in order; None if fewer."""
    recent, highest = [], -numpy.inf
    for row in curve:
        recent.append(row)
        while sum(n for _, n in recent[1:]) >= 100:
            recent.pop(0)
        count = sum(n for _, n in recent)
        if count >= 100:
            highest = max(highest, sum(m * n for m, n in recent) / count)
    return None if highest == -numpy.inf else highest


def write(path, text):
    new = path.with_suffix(path.suffix + ".new")
    new.write_text(text)
    os.replace(new, path)
