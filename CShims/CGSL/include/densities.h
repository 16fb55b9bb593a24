#ifndef ASCENT_CGSL_DENSITIES_H
#define ASCENT_CGSL_DENSITIES_H

#include "distributions.h"

_Pragma("clang assume_nonnull begin")

/* GSL's own density p(x) of a scalar distribution, or its cumulative distribution: the tests' oracle, nothing else.
 * cgsl_status_domain for a distribution that GSL has none for. */
cgsl_status cgsl_density(cgsl_distribution distribution, const double *parameters, double x, double *out);
cgsl_status cgsl_cumulative(cgsl_distribution distribution, const double *parameters, double x, double *out);

_Pragma("clang assume_nonnull end")

#endif
