/* Lines that any member leaves for member 0, which reads them when it likes: nobody waits. */
#include "internal.h"
#include <string.h>

void cworkers_note(cworkers_team *team, const char *line) {
  struct control *control = team->control;
  size_t size = strcspn(line, "\n");
  if (size >= NOTE_SIZE) return;
  uint32_t start = atomic_fetch_add(&control->noted, (uint32_t)size + 1);
  if (start > NOTES_SIZE - NOTE_SIZE) {
    atomic_fetch_sub(&control->noted, (uint32_t)size + 1); /* no room is left, for this line and all others */
    return;
  }
  for (size_t k = 0; k < size; k++)
    atomic_store_explicit(&control->notes[start + k], line[k], memory_order_relaxed);
  atomic_store_explicit(&control->notes[start + size], '\n', memory_order_release);
}

bool cworkers_next_note(cworkers_team *team, char *out, size_t size) {
  size_t used = 0;
  for (uint32_t k = team->notes_read; k < NOTES_SIZE; k++) {
    char next = atomic_load_explicit(&team->control->notes[k], memory_order_acquire);
    if (next == 0) return false; /* the end, or a line that is being written */
    if (next == '\n') {
      out[used] = 0;
      team->notes_read = k + 1;
      return true;
    }
    if (used + 1 >= size) return false;
    out[used++] = next;
  }
  return false;
}
