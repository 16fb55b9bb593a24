/* tanh on one path, and its helpers. Included by the bodies that need it, once for each path. */

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A polynomial by Horner's rule: c[0] + c[1] x + … */
INLINE vector NAME(polynomial)(vector x, const float *c, size_t count) {
  vector sum = NAME(splat)(c[count - 1]);
  UNROLL for (size_t i = count - 1; i > 0; i--) { sum = NAME(fma)(sum, x, NAME(splat)(c[i - 1])); }
  return sum;
}

/* x clamped to [low, high]; NaN remains NaN. */
INLINE vector NAME(clamp)(vector x, float low, float high) {
  x = NAME(select)(x < NAME(splat)(low), NAME(splat)(low), x);
  return NAME(select)(x > NAME(splat)(high), NAME(splat)(high), x);
}

/* tanh x = x P(x²) / Q(x²) for |x| ≤ 9, ±1 beyond. On [0, 9] the error of the fit is at most 2e-8 before rounding. Of
 * the neighboring coefficients, these have the smallest error after rounding: at most 2.99e-7 over all floats. */
INLINE vector NAME(tanh)(vector x) {
  static const float tanh_p[] = {0x1.000000p+0f, 0x1.120b20p-3f, 0x1.ca2c76p-9f, 0x1.59c352p-16f,
                                 0x1.cadc06p-27f};
  static const float tanh_q[] = {0x1.000000p+0f, 0x1.de5adap-2f, 0x1.a7f7f4p-6f, 0x1.58860cp-12f,
                                 0x1.a1801cp-21f};
  x = NAME(clamp)(x, -9, 9);
  const vector z = x * x;
  const vector p = x * NAME(polynomial)(z, tanh_p, COUNT(tanh_p));
  const vector q = NAME(polynomial)(z, tanh_q, COUNT(tanh_q));
  return NAME(clamp)(p / q, -1, 1);
}

/* The adjoint of tanh, from y = tanh x. */
INLINE vector NAME(tanh_adjoint)(vector y, vector d) { return d * NAME(fma)(-y, y, NAME(splat)(1)); }
