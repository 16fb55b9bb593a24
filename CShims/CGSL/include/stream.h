#ifndef ASCENT_CGSL_STREAM_H
#define ASCENT_CGSL_STREAM_H

#include "status.h"
#include <stddef.h>
#include <stdint.h>

_Pragma("clang assume_nonnull begin")

/* A position in a random stream: a gsl_rng that can be restarted at any key. */
typedef struct cgsl_stream cgsl_stream;

/* The address of a stream; unequal keys give unequal streams. */
typedef struct cgsl_key {
  uint64_t seed;
  uint8_t purpose;
  uint32_t lane;
  uint32_t episode;
} cgsl_key;

/* Opens a stream of the named generator at its beginning; the caller closes it. */
cgsl_status cgsl_stream_open(const char *generator, cgsl_key key, cgsl_stream *_Nullable *_Nonnull out);

/* Returns a new stream at the position of this one, or NULL without memory; the caller closes it. */
cgsl_stream *_Nullable cgsl_stream_copy(const cgsl_stream *stream);

/* Closes the stream and frees its memory. */
void cgsl_stream_close(cgsl_stream *stream);

/* Restarts the stream at the beginning of another key; allocates nothing. */
void cgsl_stream_restart(cgsl_stream *stream, cgsl_key key);

/* The next 32 or 64 random bits. */
uint32_t cgsl_stream_next_uint32(cgsl_stream *stream);
uint64_t cgsl_stream_next_uint64(cgsl_stream *stream);

/* Draws uniformly from [0, 1) with 53 bits. */
double cgsl_stream_uniform(cgsl_stream *stream);

/* The generator's state as bytes: its size, a copy of it, and restoring it. `size` must be the stream's own. */
size_t cgsl_stream_state_size(const cgsl_stream *stream);
void cgsl_stream_save(const cgsl_stream *stream, uint8_t *bytes);
cgsl_status cgsl_stream_restore(cgsl_stream *stream, const uint8_t *bytes, size_t size);

_Pragma("clang assume_nonnull end")

#endif
