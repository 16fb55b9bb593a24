/* Quantiles, for confidence intervals. */
#include "internal.h"
#include <gsl/gsl_cdf.h>

double cgsl_student_quantile(double p, double degrees) { return gsl_cdf_tdist_Pinv(p, degrees); }
