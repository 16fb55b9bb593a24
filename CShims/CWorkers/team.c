/* The shared memory of a team: boxes, meetings, and the end of the team. */
#include "internal.h"
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const uint64_t magic = 0x6d61657463736121;
static const uint64_t first_capacity = 1 << 16;

static int memory(uint64_t size) {
  int descriptor = memfd_create("ascent", MFD_CLOEXEC);
  if (descriptor >= 0 && ftruncate(descriptor, (off_t)size) != 0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

static void *map(int descriptor, uint64_t size) {
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (at == MAP_FAILED) return NULL;
  madvise(at, size, MADV_DONTFORK);
  return at;
}

static cworkers_team *enter(struct control *control, int descriptor, int32_t rank) {
  cworkers_team *team = calloc(1, sizeof *team);
  if (!team) return NULL;
  team->control = control;
  team->count = control->count;
  team->descriptor = descriptor;
  team->rank = rank;
  team->processors = cworkers_processors();
  for (int32_t r = 0; r < control->count; r++) {
    for (int turn = 0; turn < 2; turn++) team->boxes[r][turn].descriptor = control->faces[r].boxes[turn];
    team->processes[r].watched = -1;
  }
  cworkers_register(team);
  return team;
}

cworkers_team *cworkers_create(int32_t count) {
  if (count < 1 || count > CWORKERS_MOST) return NULL;
  int descriptor = memory(sizeof(struct control));
  struct control *control = descriptor < 0 ? NULL : map(descriptor, sizeof *control);
  bool is_whole = control != NULL;
  for (int32_t k = 0; is_whole && k < 2 * count; k++) {
    int box = memory(first_capacity);
    control->faces[k / 2].boxes[k % 2] = box;
    control->count = (k + 2) / 2;
    is_whole = box >= 0;
  }
  cworkers_team *team = is_whole ? enter(control, descriptor, 0) : NULL;
  if (team) {
    control->magic = magic;
    control->parent = getpid();
    control->breaker = -1;
    return team;
  }
  for (int32_t k = 0; control && k < 2 * control->count; k++) {
    if (control->faces[k / 2].boxes[k % 2] > 0) close(control->faces[k / 2].boxes[k % 2]);
  }
  if (control) munmap(control, sizeof *control);
  if (descriptor >= 0) close(descriptor);
  return NULL;
}

cworkers_team *cworkers_join(int32_t rank, int32_t descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || status.st_size != (off_t)sizeof(struct control)) return NULL;
  struct control *control = map(descriptor, sizeof *control);
  if (!control) return NULL;
  bool is_ours = control->magic == magic && rank > 0 && rank < control->count;
  cworkers_team *team = is_ours ? enter(control, descriptor, rank) : NULL;
  if (!team) munmap(control, sizeof *control);
  return team;
}

int32_t cworkers_descriptor(const cworkers_team *team) { return team->descriptor; }
int32_t cworkers_rank(const cworkers_team *team) { return team->rank; }
int32_t cworkers_count(const cworkers_team *team) { return team->control->count; }

/* ---- boxes ---- */

/* Maps at least `size` bytes of a box into this process. */
static bool reach(struct box *box, uint64_t size) {
  if (size <= box->mapped) return true;
  struct stat status;
  if (fstat(box->descriptor, &status) != 0) return false;
  uint64_t whole = (uint64_t)status.st_size;
  if (whole < size) return false;
  void *at =
      box->bytes ? mremap(box->bytes, box->mapped, whole, MREMAP_MAYMOVE) : map(box->descriptor, whole);
  if (!at || at == MAP_FAILED) return false;
  box->bytes = at;
  box->mapped = whole;
  return true;
}

cworkers_status cworkers_write(cworkers_team *team, const void *bytes, size_t size) {
  if (size == 0) return cworkers_status_ok;
  struct box *box = &team->boxes[team->rank][team->turn];
  uint64_t needed = team->written + size;
  if (needed > box->mapped) {
    uint64_t capacity = box->mapped > first_capacity ? box->mapped : first_capacity;
    while (capacity < needed) capacity *= 2;
    if (capacity > box->mapped && capacity > first_capacity &&
        ftruncate(box->descriptor, (off_t)capacity) != 0) {
      return cworkers_status_failed;
    }
    if (!reach(box, needed)) return cworkers_status_failed;
  }
  memcpy(box->bytes + team->written, bytes, size);
  team->written = needed;
  return cworkers_status_ok;
}

cworkers_status cworkers_read(cworkers_team *team, int32_t rank, void *bytes, size_t size) {
  if (size == 0) return cworkers_status_ok;
  if (rank < 0 || rank >= team->control->count) return cworkers_status_short;
  int turn = 1 - team->turn;
  uint64_t needed = team->read[rank] + size;
  if (needed > atomic_load(&team->control->faces[rank].sizes[turn])) return cworkers_status_short;
  struct box *box = &team->boxes[rank][turn];
  if (!reach(box, needed)) return cworkers_status_failed;
  if (bytes) memcpy(bytes, box->bytes + team->read[rank], size);
  team->read[rank] = needed;
  return cworkers_status_ok;
}

/* ---- meetings ---- */

static void wake(_Atomic uint32_t *word) {
  syscall(SYS_futex, (uint32_t *)word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

void cworkers_arrive(cworkers_team *team) {
  struct control *control = team->control;
  struct face *own = &control->faces[team->rank];
  atomic_store(&own->sizes[team->turn], team->written);
  team->turn = 1 - team->turn;
  team->written = 0;
  memset(team->read, 0, sizeof team->read);
  team->meeting += 1;
  atomic_store(&own->met, team->meeting);
  if (atomic_fetch_add(&control->arrived, 1) + 1 < (uint32_t)control->count) return;
  atomic_store(&control->arrived, 0);
  atomic_store(&control->meetings, team->meeting);
  wake(&control->meetings);
}

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static bool is_over(const cworkers_team *team) {
  return atomic_load(&team->control->meetings) == team->meeting;
}

cworkers_status cworkers_wait(cworkers_team *team, int32_t milliseconds) {
  struct control *control = team->control;
  /* The others arrive later only by the difference in work, so spinning for some microseconds pays off if each process
   * has a processor. */
  int turns = control->count <= team->processors ? 4000 : 0;
  for (int k = 0; k < turns && !is_over(team); k++) relax();
  if (!is_over(team) && atomic_load(&control->broken) == 0) {
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    syscall(SYS_futex, (uint32_t *)&control->meetings, FUTEX_WAIT, team->meeting - 1, &time, NULL, 0);
  }
  if (is_over(team)) return cworkers_status_ok;
  if (atomic_load(&control->broken) != 0) return cworkers_status_broken;
  if (team->rank == 0 && cworkers_first_gone(team) >= 0) {
    /* It may have arrived, or recorded its reason, before it ended. */
    if (is_over(team)) return cworkers_status_ok;
    return atomic_load(&control->broken) != 0 ? cworkers_status_broken : cworkers_status_gone;
  }
  return cworkers_status_waiting;
}

void cworkers_beat(cworkers_team *team) {
  _Atomic uint64_t *beats = &team->control->faces[team->rank].beats;
  atomic_store_explicit(beats, atomic_load_explicit(beats, memory_order_relaxed) + 1, memory_order_relaxed);
}

uint64_t cworkers_beats(const cworkers_team *team, int32_t rank) {
  return atomic_load_explicit(&team->control->faces[rank].beats, memory_order_relaxed);
}

int32_t cworkers_missing(const cworkers_team *team) {
  for (int32_t r = 0; r < team->control->count; r++) {
    if (team->processes[r].is_gone) return r;
  }
  for (int32_t r = 0; r < team->control->count; r++) {
    if (atomic_load(&team->control->faces[r].met) != team->meeting) return r;
  }
  return -1;
}

void cworkers_interrupt(cworkers_team *team) { atomic_store(&team->control->interrupted, 1); }

bool cworkers_is_interrupted(const cworkers_team *team) {
  return atomic_load_explicit(&team->control->interrupted, memory_order_relaxed) != 0;
}

/* ---- the end ---- */

void cworkers_break(cworkers_team *team, int32_t code, const char *text) {
  struct control *control = team->control;
  uint32_t no = 0;
  if (!atomic_compare_exchange_strong(&control->broken, &no, 1)) return;
  control->breaker = team->rank;
  control->code = code;
  size_t length = strnlen(text, TEXT_SIZE - 1);
  while (length < strlen(text) && length > 0 && (text[length] & 0xc0) == 0x80) length--;
  memcpy(control->text, text, length);
  control->text[length] = 0;
  atomic_store(&control->broken, 2);
  atomic_store(&control->interrupted, 1); /* no member goes on to sample what nobody will use */
  wake(&control->meetings);
}

/* The text is complete some instructions after `broken` becomes 1. */
static bool is_readable(const cworkers_team *team) {
  for (int k = 0; k < 1000 && atomic_load(&team->control->broken) == 1; k++) usleep(1000);
  return atomic_load(&team->control->broken) == 2;
}

int32_t cworkers_breaker(const cworkers_team *team) {
  return is_readable(team) ? team->control->breaker : -1;
}
int32_t cworkers_code(const cworkers_team *team) { return is_readable(team) ? team->control->code : 0; }
const char *cworkers_reason(const cworkers_team *team) {
  return is_readable(team) ? team->control->text : "";
}
