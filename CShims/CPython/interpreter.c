/* The one interpreter: started isolated, its lock released at once. */
#define _GNU_SOURCE /* dladdr */
#include "internal.h"
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char host_source[] = {
#embed "python/host.py"
    , 0};
static const char spaces_source[] = {
#embed "python/spaces.py"
    , 0};
static const char modules_source[] = {
#embed "python/modules.py"
    , 0};
static const char opening_source[] = {
#embed "python/opening.py"
    , 0};
static const char vectors_source[] = {
#embed "python/vectors.py"
    , 0};
static const char masks_source[] = {
#embed "python/masks.py"
    , 0};
static const char packages_source[] = {
#embed "python/packages.py"
    , 0};
static const char randomness_source[] = {
#embed "python/randomness.py"
    , 0};
static const char states_source[] = {
#embed "python/states.py"
    , 0};
static const char tables_source[] = {
#embed "python/tables.py"
    , 0};
static const char checks_source[] = {
#embed "python/checks.py"
    , 0};
#pragma clang diagnostic pop

static PyObject *host, *opening, *randomness, *spaces, *states;

PyObject *host_module(void) { return host; }
PyObject *opening_module(void) { return opening; }
PyObject *randomness_module(void) { return randomness; }
PyObject *spaces_module(void) { return spaces; }
PyObject *states_module(void) { return states; }

int cpython_major_version(void) { return PY_MAJOR_VERSION; }
int cpython_minor_version(void) { return PY_MINOR_VERSION; }
const char *cpython_version(void) { return PY_VERSION; }

int cpython_is_static(void) {
  Dl_info of_python, of_us;
  if (!dladdr((const void *)(uintptr_t)Py_IsInitialized, &of_python)) return 0;
  if (!dladdr((const void *)(uintptr_t)cpython_is_static, &of_us)) return 0;
  return of_python.dli_fbase == of_us.dli_fbase;
}

static char *copy(const char *text) {
  size_t size = strlen(text) + 1;
  char *out = malloc(size);
  if (out) memcpy(out, text, size);
  return out;
}

static cpython_fault failed_start(cpython_failure *failure, PyStatus status) {
  cpython_failure_clear(failure);
  failure->fault = cpython_fault_start;
  failure->first = copy(status.err_msg ? status.err_msg : "Python asked to exit");
  return cpython_fault_start;
}

static PyStatus configure(const char *executable, int optimization) {
  PyPreConfig before;
  PyPreConfig_InitIsolatedConfig(&before);
  before.utf8_mode = 1;
  PyStatus status = Py_PreInitialize(&before);
  if (PyStatus_Exception(status)) return status;
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  config.install_signal_handlers = 0; /* Swift handles Ctrl-C */
  config.use_hash_seed = 1;           /* the order of sets and dictionaries is the same in every run */
  config.hash_seed = 0;
  config.optimization_level = optimization;
  if (executable) {
    status = PyConfig_SetBytesString(&config, &config.executable, executable);
    if (!PyStatus_Exception(status))
      status = PyConfig_SetBytesString(&config, &config.program_name, executable);
  }
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  PyConfig_Clear(&config);
  return status;
}

static PyObject *load(const char *source, const char *file, const char *name) {
  PyObject *code = Py_CompileString(source, file, Py_file_input);
  PyObject *module = code ? PyImport_ExecCodeModule(name, code) : NULL;
  Py_XDECREF(code);
  return module;
}

/* Most runs use none of these modules, and compiling them takes a part of the start-up time. */
#define LOADED_WHEN_ASKED_FOR(module)                                                                        \
  PyObject *module##_module(void) {                                                                          \
    static PyObject *loaded;                                                                                 \
    if (!loaded) loaded = load(module##_source, "<ascent " #module ".py>", "_ascent_" #module);              \
    return loaded;                                                                                           \
  }

LOADED_WHEN_ASKED_FOR(checks)
LOADED_WHEN_ASKED_FOR(masks)
LOADED_WHEN_ASKED_FOR(packages)
LOADED_WHEN_ASKED_FOR(tables)
LOADED_WHEN_ASKED_FOR(vectors)

/* packages() of host.py. */
static PyObject *give_packages(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  return Py_XNewRef(packages_module());
}

static PyMethodDef methods[] = {{"packages", give_packages, METH_NOARGS, NULL},
                                {"end_with_parent", calls_end_with_parent, METH_O, NULL},
                                {NULL, NULL, 0, NULL}};

static int prepare(PyObject *module) { return PyModule_AddFunctions(module, methods) == 0; }

/* Runs our files as modules, then the set-up of the process in host.py. */
static int load_host(const char *site_folder, const char *search_path) {
  host = load(host_source, "<ascent host.py>", "_ascent_host");
  spaces = host && prepare(host) ? load(spaces_source, "<ascent spaces.py>", "_ascent_spaces") : NULL;
  PyObject *modules = spaces ? load(modules_source, "<ascent modules.py>", "_ascent_modules") : NULL;
  opening = modules ? load(opening_source, "<ascent opening.py>", "_ascent_opening") : NULL;
  Py_XDECREF(modules);
  randomness = opening ? load(randomness_source, "<ascent randomness.py>", "_ascent_randomness") : NULL;
  states = randomness ? load(states_source, "<ascent states.py>", "_ascent_states") : NULL;
  PyObject *done = states ? PyObject_CallMethod(host, "set_up", "zz", site_folder, search_path) : NULL;
  Py_XDECREF(done);
  return done != NULL;
}

/* Restores the default actions of fatal signals. A crash is nearly always an environment's: Python's stack shows where,
 * and no other handler adds pages of registers. Like python itself, ignores the signals for which the failure of a
 * write to a closed pipe, or beyond the limit of a file's size, is an exception instead. */
static void take_signals(void) {
  const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
  for (size_t k = 0; k < sizeof fatal / sizeof *fatal; k++) signal(fatal[k], SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

cpython_fault cpython_start(const char *executable, const char *site_folder, const char *search_path,
                            int optimization, cpython_failure *failure) {
  PyImport_AppendInittab("ascent", ascent_module_init);
  PyStatus status = configure(executable, optimization);
  if (PyStatus_Exception(status)) return failed_start(failure, status);
  cpython_fault fault = cpython_fault_none;
  take_signals();
  if (!load_host(site_folder, search_path)) fault = failure_from_exception(failure);
  ending_prepare(PyEval_SaveThread());
  return fault;
}

int cpython_attach(void) { return (int)PyGILState_Ensure(); }

void cpython_detach(int state) { PyGILState_Release((PyGILState_STATE)state); }

void cpython_free(char *text) { free(text); }

/* Returns a copy of a text object, which it releases; an exception becomes a failure. */
cpython_fault text_hand_over(PyObject *object, char **out, cpython_failure *failure) {
  const char *utf8 = object ? PyUnicode_AsUTF8(object) : NULL;
  *out = utf8 ? copy(utf8) : NULL;
  cpython_fault fault = utf8 ? cpython_fault_none : failure_from_exception(failure);
  Py_XDECREF(object);
  return fault;
}

cpython_fault cpython_package_version(const char *package, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  cpython_fault fault = text_hand_over(PyObject_CallMethod(host, "version_of", "s", package), out, failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_system_text(const char *attribute, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  PyObject *value = PySys_GetObject(attribute);
  PyObject *text = value ? PyObject_Str(value) : PyUnicode_FromString("");
  cpython_fault fault = text_hand_over(text, out, failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_identifiers(int of_vectors, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  PyObject *list = PyObject_CallMethod(of_vectors ? vectors_module() : host, "identifiers", NULL);
  PyObject *newline = list ? PyUnicode_FromString("\n") : NULL;
  PyObject *text = newline ? PyUnicode_Join(newline, list) : NULL;
  cpython_fault fault = text_hand_over(text, out, failure);
  Py_XDECREF(newline);
  Py_XDECREF(list);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_minari_lines(const char *name, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  cpython_fault fault =
      text_hand_over(PyObject_CallMethod(tables_module(), "minari_lines", "s", name), out, failure);
  cpython_detach(state);
  return fault;
}

cpython_fault cpython_run(const char *program, char **out, cpython_failure *failure) {
  int state = cpython_attach();
  cpython_fault fault = text_hand_over(PyObject_CallMethod(host, "run", "s", program), out, failure);
  cpython_detach(state);
  return fault;
}
