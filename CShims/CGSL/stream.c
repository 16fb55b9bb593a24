/* Streams: open by key, restart, save, restore, close. */
#include "internal.h"
#include <stdlib.h>
#include <string.h>

/* The states of GSL's generators, with the layout of its 2.7 sources; the sizes are checked when a stream is opened. */
typedef struct mt19937_state {
  unsigned long words[624];
  int position;
} mt19937_state;

typedef struct taus2_state {
  unsigned long s1, s2, s3;
} taus2_state;

typedef struct ranlxd_state {
  double x[12];
  double carry;
  unsigned int ir, jr, ir_old, pr;
} ranlxd_state;

_Static_assert(sizeof(mt19937_state) == 5000, "the size of GSL's mt19937");
_Static_assert(sizeof(taus2_state) == 24, "the size of GSL's taus2");
_Static_assert(sizeof(ranlxd_state) == 120, "the size of GSL's ranlxd2");
_Static_assert(sizeof(cgsl_philox) == 44, "the size of Philox: no padding, so that its bytes are its state");

static const gsl_rng_type *find(const char *name) {
  if (strcmp(name, cgsl_philox_type.name) == 0) return &cgsl_philox_type;
  if (strcmp(name, "mt19937") == 0 && gsl_rng_mt19937->size == sizeof(mt19937_state)) return gsl_rng_mt19937;
  if (strcmp(name, "taus2") == 0 && gsl_rng_taus2->size == sizeof(taus2_state)) return gsl_rng_taus2;
  if (strcmp(name, "ranlxd2") == 0 && gsl_rng_ranlxd2->size == sizeof(ranlxd_state)) return gsl_rng_ranlxd2;
  return NULL;
}

static uint32_t philox_word(cgsl_philox *source) { return (uint32_t)cgsl_philox_type.get(source); }

/* Fills the whole state from the key's Philox stream, since gsl_rng_set alone would use only 32 bits of the seed. */
static void fill(gsl_rng *generator, cgsl_key key) {
  cgsl_philox source;
  cgsl_philox_restart(&source, key);
  gsl_rng_set(generator, 1); /* initializes the positions */
  if (generator->type == gsl_rng_mt19937) {
    mt19937_state *state = generator->state;
    for (int k = 0; k < 624; k++) state->words[k] = philox_word(&source);
    state->words[0] |= 0x80000000u; /* the 19,937 bits of the state are never all zero */
  } else if (generator->type == gsl_rng_taus2) {
    taus2_state *state = generator->state;
    state->s1 = philox_word(&source) | 16; /* its components need s1 ≥ 2, s2 ≥ 8, s3 ≥ 16 */
    state->s2 = philox_word(&source) | 16;
    state->s3 = philox_word(&source) | 16;
    for (int k = 0; k < 6; k++) gsl_rng_get(generator);
  } else {
    ranlxd_state *state = generator->state;
    for (int k = 0; k < 12; k++) {
      uint64_t bits = (uint64_t)philox_word(&source) << 32 | philox_word(&source);
      state->x[k] = (double)(bits >> 16) * 0x1p-48;
    }
  }
}

void cgsl_stream_restart(cgsl_stream *stream, cgsl_key key) {
  if (stream->generator->type == &cgsl_philox_type) {
    cgsl_philox_restart(stream->generator->state, key);
  } else {
    fill(stream->generator, key);
  }
}

cgsl_status cgsl_stream_open(const char *generator, cgsl_key key, cgsl_stream **out) {
  cgsl_install_handler();
  *out = NULL;
  if (!cgsl_bind_arithmetic()) return cgsl_status_arithmetic;
  const gsl_rng_type *type = find(generator);
  if (!type) return cgsl_status_unknown_generator;
  cgsl_stream *stream = malloc(sizeof *stream);
  if (!stream) return cgsl_status_no_memory;
  stream->generator = gsl_rng_alloc(type);
  if (!stream->generator) {
    free(stream);
    return cgsl_status_no_memory;
  }
  cgsl_stream_restart(stream, key);
  *out = stream;
  return cgsl_status_ok;
}

cgsl_stream *cgsl_stream_copy(const cgsl_stream *stream) {
  cgsl_stream *copy = malloc(sizeof *copy);
  if (!copy) return NULL;
  copy->generator = gsl_rng_clone(stream->generator);
  if (copy->generator) return copy;
  free(copy);
  return NULL;
}

void cgsl_stream_close(cgsl_stream *stream) {
  gsl_rng_free(stream->generator);
  free(stream);
}

uint32_t cgsl_stream_next_uint32(cgsl_stream *stream) { return (uint32_t)gsl_rng_get(stream->generator); }

uint64_t cgsl_stream_next_uint64(cgsl_stream *stream) {
  uint64_t high = gsl_rng_get(stream->generator);
  return high << 32 | gsl_rng_get(stream->generator);
}

double cgsl_stream_uniform(cgsl_stream *stream) {
  return (double)(cgsl_stream_next_uint64(stream) >> 11) * 0x1p-53;
}

size_t cgsl_stream_state_size(const cgsl_stream *stream) { return gsl_rng_size(stream->generator); }

void cgsl_stream_save(const cgsl_stream *stream, uint8_t *bytes) {
  memcpy(bytes, gsl_rng_state(stream->generator), gsl_rng_size(stream->generator));
}

/* Returns 1 if the state is valid: indices are within their arrays and values within the generator's range. */
static int is_sound(const gsl_rng_type *type, const void *bytes) {
  if (type == &cgsl_philox_type) return ((const cgsl_philox *)bytes)->used <= 4;
  if (type == gsl_rng_mt19937) {
    int position = ((const mt19937_state *)bytes)->position;
    return position >= 0 && position <= 624;
  }
  if (type == gsl_rng_taus2) {
    const taus2_state *state = bytes;
    unsigned long most = 0xFFFFFFFFu;
    return state->s1 >= 2 && state->s2 >= 8 && state->s3 >= 16 && state->s1 <= most && state->s2 <= most &&
           state->s3 <= most;
  }
  const ranlxd_state *state = bytes;
  for (int k = 0; k < 12; k++) {
    if (!(state->x[k] >= 0 && state->x[k] < 1)) return 0;
  }
  return state->carry >= 0 && state->carry < 1 && state->ir < 12 && state->jr < 12 && state->ir_old < 12 &&
         state->pr <= 397;
}

cgsl_status cgsl_stream_restore(cgsl_stream *stream, const uint8_t *bytes, size_t size) {
  if (size != gsl_rng_size(stream->generator)) return cgsl_status_domain;
  void *copy = malloc(size); /* an aligned copy, since the bytes may not be aligned */
  if (!copy) return cgsl_status_no_memory;
  memcpy(copy, bytes, size);
  int sound = is_sound(stream->generator->type, copy);
  if (sound) memcpy(gsl_rng_state(stream->generator), copy, size);
  free(copy);
  return sound ? cgsl_status_ok : cgsl_status_domain;
}
