/* The bridge's part in Python: the files of python/ are compiled into the executable, and imported as _ascent_NAME. */
#include "internal.h"

#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wc23-extensions"
static const char embedded_source[] = {
#embed "python/embedded.py"
    , 0};
static const char bytecode_source[] = {
#embed "python/bytecode.py"
    , 0};
static const char casts_source[] = {
#embed "python/casts.py"
    , 0};
static const char checks_source[] = {
#embed "python/checks.py"
    , 0};
static const char construction_source[] = {
#embed "python/construction.py"
    , 0};
static const char entropy_source[] = {
#embed "python/entropy.py"
    , 0};
static const char films_source[] = {
#embed "python/films.py"
    , 0};
static const char filming_source[] = {
#embed "python/filming.py"
    , 0};
static const char finding_source[] = {
#embed "python/finding.py"
    , 0};
static const char generators_source[] = {
#embed "python/generators.py"
    , 0};
static const char host_source[] = {
#embed "python/host.py"
    , 0};
static const char installation_source[] = {
#embed "python/installation.py"
    , 0};
static const char masks_source[] = {
#embed "python/masks.py"
    , 0};
static const char modules_source[] = {
#embed "python/modules.py"
    , 0};
static const char opening_source[] = {
#embed "python/opening.py"
    , 0};
static const char packages_source[] = {
#embed "python/packages.py"
    , 0};
static const char panel_source[] = {
#embed "python/panel.py"
    , 0};
static const char randomness_source[] = {
#embed "python/randomness.py"
    , 0};
static const char refusals_source[] = {
#embed "python/refusals.py"
    , 0};
static const char sources_source[] = {
#embed "python/sources.py"
    , 0};
static const char spaces_source[] = {
#embed "python/spaces.py"
    , 0};
static const char states_source[] = {
#embed "python/states.py"
    , 0};
static const char streams_source[] = {
#embed "python/streams.py"
    , 0};
static const char tables_source[] = {
#embed "python/tables.py"
    , 0};
static const char vectors_source[] = {
#embed "python/vectors.py"
    , 0};
#pragma clang diagnostic pop

/* Scripts/compile-embedded.py writes it for the builds of `make build`. */
#if __has_include("embedded_code.h")
#include "embedded_code.h"
#else
static const unsigned char embedded_code[1];
#endif

static const struct {
  const char *name, *source;
} files[] = {
    {"bytecode", bytecode_source},
    {"casts", casts_source},
    {"checks", checks_source},
    {"construction", construction_source},
    {"entropy", entropy_source},
    {"films", films_source},
    {"filming", filming_source},
    {"finding", finding_source},
    {"generators", generators_source},
    {"host", host_source},
    {"installation", installation_source},
    {"masks", masks_source},
    {"modules", modules_source},
    {"opening", opening_source},
    {"packages", packages_source},
    {"panel", panel_source},
    {"randomness", randomness_source},
    {"refusals", refusals_source},
    {"sources", sources_source},
    {"spaces", spaces_source},
    {"states", states_source},
    {"streams", streams_source},
    {"tables", tables_source},
    {"vectors", vectors_source},
};

static PyObject *sources(void) {
  PyObject *all = PyDict_New();
  for (size_t k = 0; all && k < sizeof files / sizeof *files; k++) {
    PyObject *name = PyUnicode_FromFormat("_ascent_%s", files[k].name);
    PyObject *text = name ? PyBytes_FromString(files[k].source) : NULL;
    if (!text || PyDict_SetItem(all, name, text) != 0) Py_CLEAR(all);
    Py_XDECREF(text);
    Py_XDECREF(name);
  }
  return all;
}

int embedded_install(void) {
  static PyMethodDef method = {"go_on", calls_python_go_on, METH_NOARGS, NULL};
  PyObject *code = Py_CompileString(embedded_source, "<ascent embedded.py>", Py_file_input);
  PyObject *module = code ? PyImport_ExecCodeModule("_ascent_embedded", code) : NULL;
  PyObject *all = module ? sources() : NULL;
  PyObject *go_on = all ? PyCFunction_New(&method, NULL) : NULL;
  PyObject *done = go_on ? PyObject_CallMethod(module, "install", "Oy#O", all, (const char *)embedded_code,
                                               (Py_ssize_t)sizeof embedded_code, go_on)
                         : NULL;
  Py_XDECREF(done);
  Py_XDECREF(go_on);
  Py_XDECREF(all);
  Py_XDECREF(module);
  Py_XDECREF(code);
  return done != NULL;
}

/* Most runs use few of these modules, and compiling one takes a part of the start-up time: each is imported on first use. */
#define MODULE(name)                                                                                         \
  PyObject *name##_module(void) {                                                                            \
    static PyObject *imported;                                                                               \
    if (!imported) imported = PyImport_ImportModule("_ascent_" #name);                                       \
    return imported;                                                                                         \
  }

MODULE(casts)
MODULE(checks)
MODULE(host)
MODULE(masks)
MODULE(opening)
MODULE(randomness)
MODULE(spaces)
MODULE(states)
MODULE(tables)
MODULE(vectors)
MODULE(packages)
MODULE(streams)
