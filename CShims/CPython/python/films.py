"""Environments that draw themselves, and their pictures. Runs as the module `_ascent_films`."""

import inspect
import os

import _ascent_construction as construction
import _ascent_host as host
import _ascent_modules as modules

# The environments that draw themselves, by their lanes: each with the words that name it.
shown = {}


def modes_of(environment):
    metadata = getattr(environment, "metadata", None) or {}
    modes = metadata.get("render_modes", metadata.get("render.modes"))
    return [mode for mode in modes if isinstance(mode, str)] if isinstance(modes, (list, tuple, set)) else []


def add_render_mode(reference, gymnasium, options):
    """Adds render_mode to the arguments of the constructor, if it takes one; one of the user's own is replaced."""
    options.arguments = {name: value for name, value in options.arguments.items() if name != "render_mode"}
    creator = None
    if modules.is_file(reference.rpartition(":")[0]):
        creator = modules.load_callable(reference)
        if not takes(creator, "render_mode"):
            return
    else:
        modules.load_known_package(reference.rpartition(":")[2], gymnasium)
        spec = gymnasium.registry.get(reference.rpartition(":")[2])
        creator = construction.entry_point(spec, reference)
        if creator is not None and not takes(creator, "render_mode"):
            raise host.Refusal("unsupported", f"{reference} has no pictures: its constructor takes no render_mode")
        modes = modes_of(creator)
        if modes and options.rendering not in modes and not (options.rendering == "human" and "rgb_array" in modes):
            raise without_mode(reference, options.rendering, modes)
    options.arguments["render_mode"] = options.rendering


def takes(creator, name):
    try:
        parameters = inspect.signature(creator).parameters
    except (TypeError, ValueError):
        return True
    return name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def without_mode(reference, mode, modes):
    what = "pictures" if mode == "rgb_array" else "a window"
    known = ", ".join(map(host.shown, modes)) or "none"
    return host.Refusal(
        "unsupported", f"{reference} cannot show {what}: that needs the render mode {mode}, and it has {known}")


def show(environment, reference, options):
    """Keeps an environment that draws itself for the film of its lane."""
    modes = modes_of(environment)
    window = options.rendering == "human" and type(environment).__name__ == "HumanRendering"
    if modes and options.rendering not in modes and not window:
        raise without_mode(reference, options.rendering, modes)
    if options.rendering == "rgb_array" and not draws(environment):
        raise host.Refusal(
            "unsupported", f"{reference} has no pictures: its class has no render() that returns one (render mode rgb_array)")
    shown[options.lane] = environment, reference


def draws(environment):
    """Returns False for an environment that has only the render() of gymnasium.Env, which is not implemented."""
    import gymnasium

    render = getattr(type(getattr(environment, "unwrapped", environment)), "render", None)
    return callable(render) and render is not gymnasium.Env.render


def rate_of(lane):
    """Returns the pictures per second that the environment of a lane declares; 30 if it does not."""
    metadata = getattr(shown[lane][0], "metadata", None) or {}
    rate = metadata.get("render_fps", metadata.get("video.frames_per_second"))
    try:
        rate = float(rate)
    except (TypeError, ValueError):
        return 30.0
    return rate if 0.1 <= rate <= 1000 else 30.0


def picture_of(lane):
    """Returns what render() of the lane's environment draws now, an array of bytes [row × column × 3]."""
    environment, reference = shown[lane]
    try:
        picture = environment.render()
    except Exception as error:
        raise cannot_draw(reference, error) from error
    if isinstance(picture, list) and picture:  # the render mode rgb_array_list
        picture = picture[-1]
    return bytes_of(picture, reference)


def cannot_draw(reference, error):
    text = f"{reference} cannot draw itself: {type(error).__name__}: {host.message_of(error)}"
    if any(word in text for word in ("MuJoCo", "mujoco", "OpenGL", "EGL", "OSMesa", "gladLoad", "glfw", "GLContext")):
        text += (
            " (without a display MuJoCo draws by MUJOCO_GL=egl or MUJOCO_GL=osmesa: apt-get install libegl1 or libosmesa6)"
        )
    elif isinstance(error, ModuleNotFoundError):
        return host.packages().missing(error, f"{reference}, to draw itself,")
    elif isinstance(error, NameError) and "'sns'" in str(error):  # MinAtar imports seaborn where it is installed
        import sys

        text = f"{reference} draws itself with the package seaborn: {sys.executable} -m pip install seaborn"
    return host.Refusal("unsupported", text)


def bytes_of(picture, reference):
    import numpy

    def wrong(found):
        return host.Refusal(
            "unsupported",
            f"render() of {reference} returned {found}; a film needs pictures: arrays of uint8, [row × column × 3]")

    if picture is None:
        raise wrong("nothing")
    if not isinstance(picture, numpy.ndarray):
        raise wrong(f"a {type(picture).__name__}")
    found = f"an array of {picture.dtype} with the shape {picture.shape}"
    if picture.ndim == 2:
        picture = numpy.repeat(picture[:, :, None], 3, axis=2)
    if picture.ndim != 3 or picture.shape[2] not in (3, 4) or 0 in picture.shape or max(picture.shape) > 8192:
        raise wrong(found)
    picture = picture[:, :, :3]
    if picture.dtype.kind == "b":
        picture = picture * numpy.uint8(255)
    elif picture.dtype.kind == "f":
        # Of 0 to 1, or of 0 to 255.
        whole = numpy.nan_to_num(picture)
        picture = (whole * 255 if whole.max() <= 1 else whole).clip(0, 255).round().astype(numpy.uint8)
    elif picture.dtype.kind in "iu":
        picture = picture.clip(0, 255).astype(numpy.uint8)
    else:
        raise wrong(found)
    return numpy.ascontiguousarray(picture)


def prepare_graphics():
    """Lets MuJoCo and pygame draw where there is no display; they read the variables when they are imported."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("MUJOCO_GL", "egl")
        os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
