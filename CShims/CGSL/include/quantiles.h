#ifndef ASCENT_CGSL_QUANTILES_H
#define ASCENT_CGSL_QUANTILES_H

/* The quantile x of Student's t distribution: P(t ≤ x) = p, for 0 < p < 1 and `degrees` > 0 degrees of freedom. */
double cgsl_student_quantile(double p, double degrees);

#endif
