#ifndef ASCENT_CGSL_DISTRIBUTIONS_H
#define ASCENT_CGSL_DISTRIBUTIONS_H

#include "status.h"
#include "stream.h"

_Pragma("clang assume_nonnull begin")

/* The distributions with their numbers, which environment files also use. */
typedef enum __attribute__((enum_extensibility(closed))) cgsl_distribution : int32_t {
  cgsl_distribution_uniform = 0,               /* low, high */
  cgsl_distribution_gaussian = 1,              /* mean, deviation */
  cgsl_distribution_bernoulli = 2,             /* p */
  cgsl_distribution_poisson = 3,               /* mean */
  cgsl_distribution_exponential = 4,           /* mean */
  cgsl_distribution_gamma = 5,                 /* shape, scale */
  cgsl_distribution_beta = 6,                  /* a, b */
  cgsl_distribution_laplace = 7,               /* mean, scale */
  cgsl_distribution_uniform_integer = 8,       /* n: 0 … n − 1 */
  cgsl_distribution_categorical = 9,           /* weights: an index */
  cgsl_distribution_dirichlet = 10,            /* concentrations: a vector of the same length */
  cgsl_distribution_permutation = 11,          /* n: a vector of n indices */
  cgsl_distribution_multivariate_gaussian = 12 /* d means, d·d row-major Cholesky factor: a vector of d */
} cgsl_distribution;

/* Draws `count` numbers. A vector distribution draws one vector of length `count`. cgsl_status_domain if a parameter is
 * outside of the distribution's domain; then nothing is drawn. */
cgsl_status cgsl_draw(cgsl_stream *stream, cgsl_distribution distribution, const double *parameters,
                      size_t parameter_count, double *out, size_t count);

/* Draws from N(0, 1) by the ziggurat method. */
double cgsl_standard_normal(cgsl_stream *stream);

_Pragma("clang assume_nonnull end")

#endif
