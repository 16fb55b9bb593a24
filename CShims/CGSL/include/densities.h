#ifndef ASCENT_CGSL_DENSITIES_H
#define ASCENT_CGSL_DENSITIES_H

#include "distributions.h"

_Pragma("clang assume_nonnull begin")

/* GSL's own density p(x) of a scalar distribution, and its cumulative distribution, used only as a reference in tests.
 * Returns cgsl_status_domain for a distribution that is not supported here. */
cgsl_status cgsl_density(cgsl_distribution distribution, const double *parameters, double x, double *out);
cgsl_status cgsl_cumulative(cgsl_distribution distribution, const double *parameters, double x, double *out);

_Pragma("clang assume_nonnull end")

#endif
