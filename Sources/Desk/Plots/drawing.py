"""Draws the picture of `ascent plot` with matplotlib: draw(request), a JSON text, returns the file in base64."""


def draw(request):
    import base64
    import io
    import json
    import logging
    import warnings

    # It would say that it makes its cache of fonts, or that a user's matplotlibrc has a fault.
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    request = json.loads(request)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        settings = dict(matplotlib.rcParamsDefault)
        # Those of backends and pyplot cannot be set without loading them.
        for key in ("backend", "backend_fallback", "toolbar"):
            settings.pop(key, None)
        with matplotlib.rc_context():
            matplotlib.rcParams.update(settings)
            matplotlib.rcParams.update({
                "svg.hashsalt": "ascent", "text.parse_math": False, "font.family": "DejaVu Sans", "font.size": 10,
                "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#8a8f98",
                "axes.labelcolor": "#3c4149", "axes.titlesize": 11, "axes.titleweight": "bold",
                "xtick.color": "#5b616b", "ytick.color": "#5b616b", "text.color": "#22262c", "pdf.fonttype": 42,
                "axes.grid": True, "grid.color": "#e4e6ea", "grid.linewidth": 0.8, "axes.axisbelow": True,
            })
            figure = picture(request)
            FigureCanvasAgg(figure)
            out = io.BytesIO()
            metadata = {
                "png": {"Software": None}, "svg": {"Date": None, "Creator": None},
                "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
            }[request["format"]]
            figure.savefig(out, format=request["format"], dpi=160, metadata=metadata, facecolor="white")
    return base64.b64encode(out.getvalue()).decode()


# Of Okabe and Ito, which people with any color vision can tell apart; further curves are dashed.
COLORS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#4D4D4D"]
DASHES = ["-", "--", ":"]


def picture(request):
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    fields = request["fields"]
    columns = min(len(fields), 3)
    rows = -(-len(fields) // columns)
    figure = Figure(figsize=(7.2 if columns == 1 else 4.6 * columns, (4.3 if columns == 1 else 3.6) * rows),
                    layout="constrained")
    labels = sorted({curve["label"] for field in fields for curve in field["curves"]},
                    key=[curve["label"] for field in fields for curve in field["curves"]].index)
    for number, field in enumerate(fields):
        axes = figure.add_subplot(rows, columns, number + 1)
        for curve in field["curves"]:
            rank = labels.index(curve["label"])
            color, dash = COLORS[rank % len(COLORS)], DASHES[rank // len(COLORS) % len(DASHES)]
            count = curve["count"]
            name = f"{curve['label']} ({count} run{'s' if count > 1 else ''})"
            if curve["low"] is not None:
                axes.fill_between(curve["x"], curve["low"], curve["high"], color=color, alpha=0.18, linewidth=0)
            axes.plot(curve["x"], curve["y"], color=color, linestyle=dash, linewidth=1.8, label=name,
                      marker="o" if len(curve["x"]) == 1 else None)
        axes.set_title(field["title"], loc="left")
        axes.margins(x=0.01)
        axes.set_xlim(left=0)
        axes.xaxis.set_major_locator(MaxNLocator(6))
        axes.xaxis.set_major_formatter(FuncFormatter(short))
        axes.yaxis.set_major_formatter(FuncFormatter(short))
        if number >= len(fields) - columns:
            axes.set_xlabel(request["x"])
        if number % columns == 0:
            axes.set_ylabel(request["y"])
        axes.legend(frameon=False, fontsize=9)
    figure.supxlabel(request["caption"], fontsize=8, color="#5b616b", x=0.99, ha="right")
    return figure


def short(number, _=None):
    """A number as on our other axes: 12.5k, 1M."""
    for limit, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(number) >= limit:
            return f"{number / limit:.4g}{unit}"
    return f"{number:.4g}".replace("-", "\u2212") if abs(number) > 1e-12 else "0"
