#ifndef ASCENT_CGSL_QUANTILES_H
#define ASCENT_CGSL_QUANTILES_H

/* The x below which Student's t with so many degrees of freedom (> 0) falls with probability p, 0 < p < 1. */
double cgsl_student_quantile(double p, double degrees);

#endif
