/* Every function of CGSL on every generator, with good and with bad parameters, under the sanitizers
 * (`make sanitize`). Buffers are as long as they must be and no longer. */
#include "CGSL.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int faults = 0;

static void expect(int condition, const char *generator, const char *what) {
  if (condition) return;
  fprintf(stderr, "%s: %s\n", generator, what);
  faults++;
}

typedef struct example {
  cgsl_distribution distribution;
  size_t parameter_count, count;
  double good[6];
  double bad[6];
} example;

static const example examples[] = {
    {cgsl_distribution_uniform, 2, 1, {-1, 2}, {2, -1}},
    {cgsl_distribution_gaussian, 2, 1, {1, 2}, {1, -2}},
    {cgsl_distribution_bernoulli, 1, 1, {0.3}, {1.3}},
    {cgsl_distribution_poisson, 1, 1, {40}, {-1}},
    {cgsl_distribution_exponential, 1, 1, {2}, {0.0 / 0.0}},
    {cgsl_distribution_gamma, 2, 1, {0.3, 2}, {0, 2}},
    {cgsl_distribution_beta, 2, 1, {0.5, 3}, {-0.5, 3}},
    {cgsl_distribution_laplace, 2, 1, {0, 1}, {0, -1}},
    {cgsl_distribution_uniform_integer, 1, 1, {10}, {0}},
    {cgsl_distribution_categorical, 3, 1, {1, 0, 3}, {0, 0, 0}},
    {cgsl_distribution_dirichlet, 3, 3, {1, 2, 0.5}, {1, 0, 1}},
    {cgsl_distribution_permutation, 1, 7, {7}, {-7}},
    {cgsl_distribution_multivariate_gaussian, 6, 2, {0, 1, 2, 0, 1, 1}, {0, 1, 0.0 / 0.0, 0, 1, 1}},
};

static double *copy(const double *from, size_t count) {
  double *to = malloc(count * sizeof *to);
  if (to == NULL) exit(3);
  return memcpy(to, from, count * sizeof *to);
}

/* Draws one example's numbers into memory of exactly their size. */
static cgsl_status draw(cgsl_stream *stream, const example *e, const double *from, double *out) {
  double *parameters = copy(from, e->parameter_count), *room = malloc(e->count * sizeof *room);
  if (room == NULL) exit(3);
  cgsl_status status = cgsl_draw(stream, e->distribution, parameters, e->parameter_count, room, e->count);
  if (status == cgsl_status_ok) memcpy(out, room, e->count * sizeof *room);
  free(parameters);
  free(room);
  return status;
}

static void check_stream(const char *generator) {
  const cgsl_key key = {.seed = 0xfedcba9876543210u, .purpose = 3, .lane = 7, .episode = 11};
  cgsl_stream *stream = NULL;
  expect(cgsl_stream_open(generator, key, &stream) == cgsl_status_ok, generator, "does not open");
  if (stream == NULL) return;
  for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
    double first[8], again[8];
    for (int round = 0; round < 1000; round++) {
      expect(draw(stream, &examples[k], examples[k].good, first) == cgsl_status_ok, generator,
             "refuses a good parameter");
    }
    expect(draw(stream, &examples[k], examples[k].bad, first) == cgsl_status_domain, generator,
           "takes a bad parameter");

    size_t size = cgsl_stream_state_size(stream);
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) exit(3);
    cgsl_stream_save(stream, bytes);
    draw(stream, &examples[k], examples[k].good, first);
    expect(cgsl_stream_restore(stream, bytes, size) == cgsl_status_ok, generator, "is not restored");
    draw(stream, &examples[k], examples[k].good, again);
    expect(memcmp(first, again, examples[k].count * sizeof *first) == 0, generator, "restores otherwise");
    expect(cgsl_stream_restore(stream, bytes, size - 1) != cgsl_status_ok, generator, "takes half a state");
    free(bytes);
  }
  cgsl_stream_restart(stream, key);
  uint64_t bits = cgsl_stream_next_uint64(stream);
  double u = cgsl_stream_uniform(stream), z = cgsl_standard_normal(stream);
  (void)cgsl_stream_next_uint32(stream);
  expect(u >= 0 && u < 1 && z == z, generator, "draws what it must not");
  cgsl_stream_restart(stream, key);
  expect(cgsl_stream_next_uint64(stream) == bits, generator, "does not begin again");
  cgsl_stream_close(stream);
}

int main(void) {
  static const char *const generators[] = {"philox4x32-10", "mt19937", "taus2", "ranlxd2"};
  for (size_t k = 0; k < sizeof generators / sizeof *generators; k++) check_stream(generators[k]);

  cgsl_stream *none = NULL;
  cgsl_status status = cgsl_stream_open("borosh", (cgsl_key){0}, &none);
  expect(status == cgsl_status_unknown_generator && none == NULL, "borosh", "opens");
  double p = 0;
  for (int32_t d = cgsl_distribution_uniform; d <= cgsl_distribution_multivariate_gaussian; d++) {
    (void)cgsl_density((cgsl_distribution)d, examples[d].good, 0.5, &p);
    (void)cgsl_cumulative((cgsl_distribution)d, examples[d].good, 0.5, &p);
  }
  expect(cgsl_student_quantile(0.975, 1e6) > 1.9599 && cgsl_student_quantile(0.975, 1e6) < 1.9601, "t",
         "has another quantile");
  /* Random123's known answer for counter and key of ones. */
  const uint32_t ones[4] = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
  uint32_t out[4];
  cgsl_philox_block(ones, ones, out);
  expect(out[0] == 0x408f276d && out[1] == 0x41c83b0e && out[2] == 0xa20bc7c6 && out[3] == 0x6d5451fd,
         "philox", "has another known answer");
  printf("GSL %s, %d faults\n", cgsl_version(), faults);
  return faults > 0;
}
