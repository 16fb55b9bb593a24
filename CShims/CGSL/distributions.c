/* Draws. Parameters are checked here as well as in Swift, because environment files use these functions directly. */
#include "internal.h"
#include <gsl/gsl_matrix.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_vector.h>
#include <math.h>

double cgsl_standard_normal(cgsl_stream *stream) { return gsl_ran_gaussian_ziggurat(stream->generator, 1); }

static size_t parameters_needed(cgsl_distribution distribution, size_t count, size_t given) {
  switch (distribution) {
  case cgsl_distribution_uniform:
  case cgsl_distribution_gaussian:
  case cgsl_distribution_gamma:
  case cgsl_distribution_beta:
  case cgsl_distribution_laplace: return 2;
  case cgsl_distribution_bernoulli:
  case cgsl_distribution_poisson:
  case cgsl_distribution_exponential:
  case cgsl_distribution_uniform_integer:
  case cgsl_distribution_permutation: return 1;
  case cgsl_distribution_categorical: return given > 0 ? given : 1;
  case cgsl_distribution_dirichlet: return count;
  case cgsl_distribution_multivariate_gaussian: return count + count * count;
  }
  return SIZE_MAX;
}

static int all_positive(const double *x, size_t n) {
  for (size_t k = 0; k < n; k++) {
    if (!(x[k] > 0)) return 0;
  }
  return 1;
}

static int is_distribution_of_weights(const double *w, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) {
    if (!(w[k] >= 0)) return 0;
    sum += w[k];
  }
  return sum > 0 && isfinite(sum);
}

static int is_in_domain(cgsl_distribution distribution, const double *p, size_t given, size_t count) {
  if (given == 0 || given != parameters_needed(distribution, count, given)) return 0;
  for (size_t k = 0; k < given; k++) {
    if (!isfinite(p[k])) return 0;
  }
  switch (distribution) {
  case cgsl_distribution_uniform: return p[0] < p[1] && isfinite(p[1] - p[0]);
  case cgsl_distribution_gaussian: return p[1] >= 0;
  case cgsl_distribution_bernoulli: return p[0] >= 0 && p[0] <= 1;
  case cgsl_distribution_poisson: return p[0] >= 0 && p[0] <= 1e9;
  case cgsl_distribution_exponential: return p[0] > 0;
  case cgsl_distribution_gamma:
  case cgsl_distribution_beta: return p[0] > 0 && p[1] > 0;
  case cgsl_distribution_laplace: return p[1] > 0;
  case cgsl_distribution_uniform_integer: return p[0] >= 1 && p[0] <= 4294967295.0 && p[0] == floor(p[0]);
  case cgsl_distribution_categorical: return is_distribution_of_weights(p, given);
  case cgsl_distribution_dirichlet: return all_positive(p, given);
  case cgsl_distribution_permutation: return p[0] >= 1 && p[0] == floor(p[0]) && p[0] == (double)count;
  case cgsl_distribution_multivariate_gaussian:
    for (size_t k = 0; k < count; k++) {
      if (!(p[count + k * count + k] > 0)) return 0;
    }
    return 1;
  }
  return 0;
}

/* The smallest index whose cumulative weight exceeds u · Σw. */
static double categorical(gsl_rng *g, const double *w, size_t n) {
  double sum = 0;
  size_t last = 0;
  for (size_t k = 0; k < n; k++) {
    sum += w[k];
    if (w[k] > 0) last = k;
  }
  uint64_t high = gsl_rng_get(g);
  double u = (double)((high << 32 | gsl_rng_get(g)) >> 11) * 0x1p-53 * sum;
  double reached = 0;
  for (size_t k = 0; k < last; k++) {
    reached += w[k];
    if (u < reached) return (double)k;
  }
  return (double)last;
}

static double draw_one(cgsl_stream *stream, cgsl_distribution distribution, const double *p, size_t given) {
  gsl_rng *g = stream->generator;
  switch (distribution) {
  case cgsl_distribution_uniform: return p[0] + (p[1] - p[0]) * cgsl_stream_uniform(stream);
  case cgsl_distribution_gaussian: return p[0] + gsl_ran_gaussian_ziggurat(g, p[1]);
  case cgsl_distribution_bernoulli: return gsl_ran_bernoulli(g, p[0]);
  case cgsl_distribution_poisson: return gsl_ran_poisson(g, p[0]);
  case cgsl_distribution_exponential: return gsl_ran_exponential(g, p[0]);
  case cgsl_distribution_gamma: return gsl_ran_gamma(g, p[0], p[1]);
  case cgsl_distribution_beta: return gsl_ran_beta(g, p[0], p[1]);
  case cgsl_distribution_laplace: return p[0] + gsl_ran_laplace(g, p[1]);
  case cgsl_distribution_uniform_integer: return (double)gsl_rng_uniform_int(g, (unsigned long)p[0]);
  default: return categorical(g, p, given);
  }
}

static cgsl_status draw_gaussian_vector(gsl_rng *g, const double *p, double *out, size_t d) {
  gsl_vector_const_view mean = gsl_vector_const_view_array(p, d);
  gsl_matrix_const_view factor = gsl_matrix_const_view_array(p + d, d, d);
  gsl_vector_view result = gsl_vector_view_array(out, d);
  gsl_ran_multivariate_gaussian(g, &mean.vector, &factor.matrix, &result.vector);
  return cgsl_take_error() == 0 ? cgsl_status_ok : cgsl_status_failed;
}

cgsl_status cgsl_draw(cgsl_stream *stream, cgsl_distribution distribution, const double *p, size_t given,
                      double *out, size_t count) {
  if (count == 0) return cgsl_status_ok;
  if (!is_in_domain(distribution, p, given, count)) return cgsl_status_domain;
  gsl_rng *g = stream->generator;
  switch (distribution) {
  case cgsl_distribution_dirichlet: gsl_ran_dirichlet(g, count, p, out); break;
  case cgsl_distribution_permutation:
    for (size_t k = 0; k < count; k++) out[k] = (double)k;
    gsl_ran_shuffle(g, out, count, sizeof *out);
    break;
  case cgsl_distribution_multivariate_gaussian: return draw_gaussian_vector(g, p, out, count);
  default:
    for (size_t k = 0; k < count; k++) out[k] = draw_one(stream, distribution, p, given);
  }
  return cgsl_take_error() == 0 ? cgsl_status_ok : cgsl_status_failed;
}
