/* The interpreter whose libpython is linked. Nothing here needs the interpreter's lock. */
#define _GNU_SOURCE 1 /* dladdr */
#include "internal.h"
#include <dlfcn.h>

/* Scripts/embedding.py writes it for the builds of `make build PYTHON=...`. */
#if __has_include("linked_python.h")
#include "linked_python.h"
#endif

const char *cpython_linked_interpreter(void) {
#ifdef LINKED_PYTHON
  return LINKED_PYTHON;
#else
  return NULL;
#endif
}

const char *cpython_library_file(void) {
  Dl_info found;
  return dladdr((const void *)(uintptr_t)Py_IsInitialized, &found) ? found.dli_fname : NULL;
}
