"""Environments whose constructors need a module that is not there."""

import importlib

import gymnasium


class Needs(gymnasium.Env):
    module = "no_such_module"

    def __init__(self):
        importlib.import_module(self.module)


class NeedsOpenCV(gymnasium.Env):
    def __init__(self):
        raise ModuleNotFoundError("No module named 'cv2'", name="cv2")


class NeedsSetuptools(gymnasium.Env):
    def __init__(self):
        raise ModuleNotFoundError("No module named 'pkg_resources'", name="pkg_resources")


class NeedsProtobuf(gymnasium.Env):
    def __init__(self):
        raise ModuleNotFoundError("No module named 'google.protobuf'", name="google.protobuf")


class NeedsSubmodule(Needs):
    module = "numpy.no_such_part"


class NeedsStandardLibrary(gymnasium.Env):
    def __init__(self):
        raise ModuleNotFoundError("No module named '_tkinter'", name="_tkinter")
