"""Another module of the same name, in another folder."""


def blur(x):
    return 0.5 * x
