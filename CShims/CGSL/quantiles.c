/* Quantiles, for confidence intervals. */
#include "internal.h"
#include <gsl/gsl_cdf.h>
#include <math.h>

double cgsl_student_quantile(double p, double degrees) {
  return cgsl_bind_arithmetic() ? gsl_cdf_tdist_Pinv(p, degrees) : NAN;
}
