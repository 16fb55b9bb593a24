#ifndef ASCENT_CGSL_GAMMA_H
#define ASCENT_CGSL_GAMMA_H

/* log Γ(x), its first derivative ψ(x), and its second derivative, for x > 0; NaN elsewhere. */
double cgsl_log_gamma(double x);
double cgsl_digamma(double x);
double cgsl_trigamma(double x);

#endif
