#include "CMPI.h"

#if __has_include(<mpi.h>)
#include <mpi.h>
#else
#error "there is no mpi.h: build with `make mpi`, which names the MPI in the variable ASCENT_MPI"
#endif

#include <limits.h>
#include <stdlib.h>

enum { tag_of_beats = 1 };

/* The state of MPI in this process. */
static struct {
  bool is_begun; /* and everything below is there */
  int rank, count, local_count;
  MPI_Comm gathering, beating;
  MPI_Request request;
  /* The counts and displacements of what is being received and, in a trade, sent, in words. */
  struct places {
    int *counts, *displacements;
  } received, sent;
  char library[MPI_MAX_LIBRARY_VERSION_STRING], error[MPI_MAX_ERROR_STRING];
} state = {.request = MPI_REQUEST_NULL};

static cmpi_status status_of(int code) {
  if (code == MPI_SUCCESS) return cmpi_status_ok;
  int length = 0;
  if (MPI_Error_string(code, state.error, &length) != MPI_SUCCESS) state.error[0] = 0;
  return cmpi_status_failed;
}

/* A communicator of all ranks whose errors are returned. */
static bool make_communicator(MPI_Comm *communicator) {
  return MPI_Comm_dup(MPI_COMM_WORLD, communicator) == MPI_SUCCESS &&
         MPI_Comm_set_errhandler(*communicator, MPI_ERRORS_RETURN) == MPI_SUCCESS;
}

static bool count_local_ranks(void) {
  MPI_Comm local;
  if (MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &local) != MPI_SUCCESS)
    return false;
  bool is_counted = MPI_Comm_size(local, &state.local_count) == MPI_SUCCESS;
  MPI_Comm_free(&local);
  return is_counted;
}

static bool make_places(struct places *places) {
  places->counts = calloc((size_t)state.count, sizeof(int));
  places->displacements = calloc((size_t)state.count, sizeof(int));
  return places->counts && places->displacements;
}

/* One after the other. False if MPI does not count so far. */
static bool place(const int64_t *counts, struct places *places) {
  int64_t next = 0;
  for (int r = 0; r < state.count; r++) {
    if (counts[r] < 0 || counts[r] > INT_MAX || next > INT_MAX) return false;
    places->counts[r] = (int)counts[r];
    places->displacements[r] = (int)next;
    next += counts[r];
  }
  return true;
}

bool cmpi_begin(void) {
  int is_begun = 0, provided = 0, length = 0;
  if (MPI_Initialized(&is_begun) != MPI_SUCCESS || is_begun) return state.is_begun;
  if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) return false;
  if (provided < MPI_THREAD_FUNNELED || MPI_Comm_rank(MPI_COMM_WORLD, &state.rank) != MPI_SUCCESS ||
      MPI_Comm_size(MPI_COMM_WORLD, &state.count) != MPI_SUCCESS || !make_communicator(&state.gathering) ||
      !make_communicator(&state.beating) || !count_local_ranks())
    return false;
  if (MPI_Get_library_version(state.library, &length) != MPI_SUCCESS) state.library[0] = 0;
  for (char *c = state.library; *c; c++) {
    if (*c == '\t') *c = ' ';
    if (*c == '\n' || *c == ',') *c = 0;
  }
  state.is_begun = make_places(&state.received) && make_places(&state.sent);
  return state.is_begun;
}

bool cmpi_is_begun(void) { return state.is_begun; }
int32_t cmpi_rank(void) { return state.rank; }
int32_t cmpi_count(void) { return state.count; }
int32_t cmpi_local_count(void) { return state.local_count; }
const char *cmpi_library(void) { return state.library; }
const char *cmpi_error(void) { return state.error; }

cmpi_status cmpi_gather_counts(const int64_t *own, int32_t count, int64_t *all) {
  return status_of(
      MPI_Iallgather(own, count, MPI_INT64_T, all, count, MPI_INT64_T, state.gathering, &state.request));
}

cmpi_status cmpi_gather(const uint64_t *_Nullable own, const int64_t *counts, uint64_t *_Nullable all) {
  if (!place(counts, &state.received)) return cmpi_status_large;
  return status_of(MPI_Iallgatherv(own, state.received.counts[state.rank], MPI_UINT64_T, all,
                                   state.received.counts, state.received.displacements, MPI_UINT64_T,
                                   state.gathering, &state.request));
}

cmpi_status cmpi_trade(const uint64_t *_Nullable own, const int64_t *own_counts, uint64_t *_Nullable all,
                       const int64_t *counts) {
  if (!place(own_counts, &state.sent) || !place(counts, &state.received)) return cmpi_status_large;
  return status_of(MPI_Ialltoallv(own, state.sent.counts, state.sent.displacements, MPI_UINT64_T, all,
                                  state.received.counts, state.received.displacements, MPI_UINT64_T,
                                  state.gathering, &state.request));
}

cmpi_status cmpi_is_done(void) {
  int is_done = 0;
  cmpi_status status = status_of(MPI_Test(&state.request, &is_done, MPI_STATUS_IGNORE));
  return status == cmpi_status_ok && !is_done ? cmpi_status_waiting : status;
}

void cmpi_send_beat(int32_t rank) {
  MPI_Request request;
  /* It has no data, so that nothing must stay in memory until it has arrived. */
  if (MPI_Isend(NULL, 0, MPI_BYTE, rank, tag_of_beats, state.beating, &request) == MPI_SUCCESS)
    MPI_Request_free(&request);
}

int32_t cmpi_next_beat(void) {
  int is_there = 0;
  MPI_Status found;
  if (MPI_Iprobe(MPI_ANY_SOURCE, tag_of_beats, state.beating, &is_there, &found) != MPI_SUCCESS || !is_there)
    return -1;
  if (MPI_Recv(NULL, 0, MPI_BYTE, found.MPI_SOURCE, tag_of_beats, state.beating, MPI_STATUS_IGNORE) !=
      MPI_SUCCESS)
    return -1;
  return found.MPI_SOURCE;
}

void cmpi_end(void) {
  if (!state.is_begun) return;
  /* MPI wants to have every message received before its end; a heartbeat that is still on its way does no harm. */
  while (cmpi_next_beat() >= 0) {}
  state.is_begun = false;
  MPI_Finalize();
}

void cmpi_abort(int32_t code) { MPI_Abort(MPI_COMM_WORLD, code); }
