/* What the shim's files share. */
#ifndef CWORKERS_INTERNAL_H
#define CWORKERS_INTERNAL_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CWorkers.h"
#include <stdatomic.h>
#include <sys/types.h>

#define TEXT_SIZE 16384

/* What a member shows the others, on a cache line of its own. */
struct face {
  _Alignas(64) _Atomic uint64_t beats;
  _Atomic uint32_t met;      /* how many meetings it has arrived at */
  _Atomic uint64_t sizes[2]; /* what is in its boxes */
  int32_t boxes[2];          /* their descriptors */
};

/* The memory that all see. */
struct control {
  uint64_t magic;
  int32_t count;
  pid_t parent;
  _Alignas(64) _Atomic uint32_t arrived;
  _Alignas(64) _Atomic uint32_t meetings; /* how many are over; what waiting members sleep on */
  _Alignas(64) _Atomic uint32_t interrupted;
  _Atomic uint32_t broken; /* 0 no, 1 the text is being written, 2 yes */
  int32_t breaker, code;
  char text[TEXT_SIZE];
  struct face faces[CWORKERS_MOST];
};

/* A box as this process sees it. */
struct box {
  int descriptor;
  uint8_t *bytes;
  uint64_t mapped;
};

struct process {
  pid_t id;    /* 0: none, or taken leave of */
  int watched; /* becomes readable when it ends, or −1 */
  int32_t ending;
  bool is_gone;
};

struct cworkers_team {
  struct control *control;
  int descriptor;
  int32_t rank;
  int turn;         /* the box that is written */
  uint32_t meeting; /* how many this member has arrived at */
  int32_t processors;
  uint64_t written;
  uint64_t read[CWORKERS_MOST];
  struct box boxes[CWORKERS_MOST][2];
  struct process processes[CWORKERS_MOST];
};

/* Looks whether a started process ended; remembers how. The first of them, or −1. */
int32_t cworkers_first_gone(cworkers_team *team);

#endif
