/* The gamma function's logarithm and its derivatives. */
#include "internal.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>
#include <math.h>

typedef int function(double, gsl_sf_result *);

static double value(function *f, double x) {
  cgsl_install_handler();
  gsl_sf_result result;
  const int is_known = cgsl_bind_arithmetic() && x > 0 && f(x, &result) == GSL_SUCCESS;
  cgsl_take_error();
  return is_known ? result.val : NAN;
}

double cgsl_log_gamma(double x) { return value(gsl_sf_lngamma_e, x); }
double cgsl_digamma(double x) { return value(gsl_sf_psi_e, x); }
double cgsl_trigamma(double x) { return value(gsl_sf_psi_1_e, x); }
