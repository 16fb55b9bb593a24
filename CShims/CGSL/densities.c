/* GSL's own densities and cumulative distributions, used only as a reference in tests. */
#include "internal.h"
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

cgsl_status cgsl_density(cgsl_distribution distribution, const double *p, double x, double *out) {
  switch (distribution) {
  case cgsl_distribution_uniform: *out = gsl_ran_flat_pdf(x, p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_gaussian: *out = gsl_ran_gaussian_pdf(x - p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_bernoulli:
    *out = gsl_ran_bernoulli_pdf((unsigned int)x, p[0]);
    return cgsl_status_ok;
  case cgsl_distribution_poisson: *out = gsl_ran_poisson_pdf((unsigned int)x, p[0]); return cgsl_status_ok;
  case cgsl_distribution_exponential: *out = gsl_ran_exponential_pdf(x, p[0]); return cgsl_status_ok;
  case cgsl_distribution_gamma: *out = gsl_ran_gamma_pdf(x, p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_beta: *out = gsl_ran_beta_pdf(x, p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_laplace: *out = gsl_ran_laplace_pdf(x - p[0], p[1]); return cgsl_status_ok;
  default: return cgsl_status_domain;
  }
}

cgsl_status cgsl_cumulative(cgsl_distribution distribution, const double *p, double x, double *out) {
  switch (distribution) {
  case cgsl_distribution_uniform: *out = gsl_cdf_flat_P(x, p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_gaussian: *out = gsl_cdf_gaussian_P(x - p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_exponential: *out = gsl_cdf_exponential_P(x, p[0]); return cgsl_status_ok;
  case cgsl_distribution_gamma: *out = gsl_cdf_gamma_P(x, p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_beta: *out = gsl_cdf_beta_P(x, p[0], p[1]); return cgsl_status_ok;
  case cgsl_distribution_laplace: *out = gsl_cdf_laplace_P(x - p[0], p[1]); return cgsl_status_ok;
  default: return cgsl_status_domain;
  }
}
