/* Prints a hash of the bits of each of CMath's functions, over arguments of every size: compilers and processors must
 * agree on it. */
#include "CMath.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t state;

static uint64_t word(void) { /* SplitMix64 */
  uint64_t z = (state += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* A number of any sign, with an exponent between -60 and 10, or now and then any bits at all. */
static double argument(void) {
  uint64_t bits = word();
  if (bits % 16 != 0) {
    const uint64_t exponent = 1023 - 60 + (bits >> 52) % 71;
    bits = (bits & 0x800FFFFFFFFFFFFFu) | exponent << 52;
  }
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static uint64_t add(uint64_t hash, double y) {
  uint64_t bits;
  if (y != y) y = 0; /* the sign of a NaN is not a result */
  memcpy(&bits, &y, sizeof bits);
  return (hash ^ bits) * 0x100000001B3u;
}

static double sine_and_cosine(double x) {
  double s, c;
  cmath_sincos(x, &s, &c);
  return s + 0.5 * c;
}

int main(void) {
  static const struct {
    const char *name;
    double (*of_one)(double);
    double (*of_two)(double, double);
  } functions[] = {
      {"acos", cmath_acos, 0},   {"acosh", cmath_acosh, 0},      {"asin", cmath_asin, 0},
      {"asinh", cmath_asinh, 0}, {"atan", cmath_atan, 0},        {"atan2", 0, cmath_atan2},
      {"atanh", cmath_atanh, 0}, {"cos", cmath_cos, 0},          {"cosh", cmath_cosh, 0},
      {"exp", cmath_exp, 0},     {"expm1", cmath_expm1, 0},      {"hypot", 0, cmath_hypot},
      {"log", cmath_log, 0},     {"log1p", cmath_log1p, 0},      {"pow", 0, cmath_pow},
      {"sin", cmath_sin, 0},     {"sinh", cmath_sinh, 0},        {"tan", cmath_tan, 0},
      {"tanh", cmath_tanh, 0},   {"sincos", sine_and_cosine, 0},
  };
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    uint64_t hash = 0xCBF29CE484222325u;
    state = 2026;
    for (int n = 0; n < 200000; n++) {
      const double x = argument();
      hash = add(hash, functions[k].of_one ? functions[k].of_one(x) : functions[k].of_two(x, argument()));
    }
    printf("%s %016" PRIx64 "\n", functions[k].name, hash);
  }
  return 0;
}
