/* Binds what GSL calls to CMath. GSL calls exp, log and others of the C library, which computes them with other
   instructions, and other last bits, on other processors. They are slots in the table of the loaded libgsl, one for each
   function that it imports; each is pointed at CMath's function here, once, before GSL is used. Python and its packages
   have tables of their own and keep the C library's. */
#define _GNU_SOURCE
#include "CMath.h"
#include "internal.h"
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef void function(void);

/* Everything inexact that GSL may import. What it imports besides (sqrt, fmod, frexp, ldexp, modf, floor) has exact
   results. Scripts/symbols.py compares the list with the installed library. */
static const struct {
  const char *name;
  function *own;
} functions[] = {
    {"acos", (function *)cmath_acos},     {"acosh", (function *)cmath_acosh},
    {"asin", (function *)cmath_asin},     {"asinh", (function *)cmath_asinh},
    {"atan", (function *)cmath_atan},     {"atan2", (function *)cmath_atan2},
    {"atanh", (function *)cmath_atanh},   {"cos", (function *)cmath_cos},
    {"cosh", (function *)cmath_cosh},     {"exp", (function *)cmath_exp},
    {"expm1", (function *)cmath_expm1},   {"hypot", (function *)cmath_hypot},
    {"log", (function *)cmath_log},       {"log1p", (function *)cmath_log1p},
    {"pow", (function *)cmath_pow},       {"sin", (function *)cmath_sin},
    {"sincos", (function *)cmath_sincos}, {"sinh", (function *)cmath_sinh},
    {"tan", (function *)cmath_tan},       {"tanh", (function *)cmath_tanh},
};

static function *own_function(const char *name) {
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    if (strcmp(functions[k].name, name) == 0) return functions[k].own;
  }
  return NULL;
}

#if defined(__x86_64__)
static int is_slot(uint64_t info) {
  return ELF64_R_TYPE(info) == R_X86_64_JUMP_SLOT || ELF64_R_TYPE(info) == R_X86_64_GLOB_DAT;
}
#elif defined(__aarch64__)
static int is_slot(uint64_t info) {
  return ELF64_R_TYPE(info) == R_AARCH64_JUMP_SLOT || ELF64_R_TYPE(info) == R_AARCH64_GLOB_DAT;
}
#else
#error "the slots of this processor's tables are not known here"
#endif

/* A loaded object: where it lies, and what its dynamic section says. */
typedef struct object {
  ElfW(Addr) base;
  const ElfW(Sym) * symbols;
  const char *names;
  const ElfW(Rela) * tables[2];
  size_t sizes[2];
} object;

static void read_dynamic_section(object *o, const ElfW(Dyn) * entry) {
  for (; entry->d_tag != DT_NULL; entry++) {
    /* glibc has added the base to the addresses already, other C libraries have not. */
    ElfW(Addr) at = entry->d_un.d_ptr < o->base ? o->base + entry->d_un.d_ptr : entry->d_un.d_ptr;
    switch (entry->d_tag) {
    case DT_SYMTAB: o->symbols = (const ElfW(Sym) *)at; break;
    case DT_STRTAB: o->names = (const char *)at; break;
    case DT_JMPREL: o->tables[0] = (const ElfW(Rela) *)at; break;
    case DT_RELA: o->tables[1] = (const ElfW(Rela) *)at; break;
    case DT_PLTRELSZ: o->sizes[0] = entry->d_un.d_val; break;
    case DT_RELASZ: o->sizes[1] = entry->d_un.d_val; break;
    default: break;
    }
  }
}

/* Points the slots at CMath's functions; returns how many. */
static int bind_slots(const object *o) {
  int count = 0;
  for (int t = 0; t < 2; t++) {
    const ElfW(Rela) *end = o->tables[t] + o->sizes[t] / sizeof *end;
    for (const ElfW(Rela) *r = o->tables[t]; r < end; r++) {
      if (!is_slot(r->r_info)) continue;
      function *own = own_function(o->names + o->symbols[ELF64_R_SYM(r->r_info)].st_name);
      if (!own) continue;
      *(function **)(o->base + r->r_offset) = own;
      count++;
    }
  }
  return count;
}

static int contains(const struct dl_phdr_info *info, ElfW(Addr) address) {
  for (int k = 0; k < info->dlpi_phnum; k++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[k];
    const ElfW(Addr) begin = info->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_LOAD && address >= begin && address - begin < part->p_memsz) return 1;
  }
  return 0;
}

/* Binds the slots of the object that contains GSL's own code; for dl_iterate_phdr, whose walk 1 ends. */
static int bind_object(struct dl_phdr_info *info, size_t size, void *result) {
  (void)size;
  /* The address of a function may be one of the program's own; this one is not exported, so it is GSL's. */
  if (!contains(info, (ElfW(Addr))gsl_rng_mt19937->get)) return 0;
  /* The program itself has the empty name: its slots are also those of Python, which is not to be changed. */
  if (info->dlpi_name[0] == 0) return 1;
  object o = {.base = info->dlpi_addr};
  ElfW(Addr) begin = 0, end = 0;
  const ElfW(Addr) page = (ElfW(Addr))sysconf(_SC_PAGESIZE);
  for (int k = 0; k < info->dlpi_phnum; k++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[k];
    const ElfW(Addr) at = info->dlpi_addr + part->p_vaddr;
    if (part->p_type == PT_DYNAMIC) read_dynamic_section(&o, (const ElfW(Dyn) *)at);
    if (part->p_type == PT_GNU_RELRO) {
      begin = at / page * page;
      end = (at + part->p_memsz) / page * page;
    }
  }
  if (!o.symbols || !o.names) return 1;
  /* The loader has made the table read-only when it had filled it. */
  if (begin < end && mprotect((void *)begin, end - begin, PROT_READ | PROT_WRITE) != 0) return 1;
  *(int *)result = bind_slots(&o);
  if (begin < end) (void)mprotect((void *)begin, end - begin, PROT_READ);
  return 1;
}

static pthread_once_t bound = PTHREAD_ONCE_INIT;
static int slots;

static void bind(void) { dl_iterate_phdr(bind_object, &slots); }

int cgsl_bind_arithmetic(void) {
  pthread_once(&bound, bind);
  return slots > 0;
}
