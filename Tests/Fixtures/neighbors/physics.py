"""The module beside pulled.py."""


def pull(x):
    return 0.9 * x
