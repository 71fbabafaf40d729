import os
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm, to_rgb
from matplotlib.text import Text

from nascope.drawing.powers import plain_power
from nascope.drawing.style import Drawing, canvas, colours_of, look, primitive_colour, save_drawing, short
from tests.helpers import ROOT


def test_the_look_holds_within_its_block_only():
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 30}):
        with look():
            assert mpl.rcParams["font.size"] == 9
            assert mpl.rcParams["axes.grid"]
        assert mpl.rcParams["font.size"] == 30
    assert dict(mpl.rcParams) == before


def test_colours_never_run_out_and_stay_where_names_are_added():
    names = [f"algorithm {number}" for number in range(40)]
    colours = colours_of(names)
    assert list(colours) == names
    assert len({to_rgb(colour) for colour in colours.values()}) == 40
    assert colours_of(names[:9]) == {name: colours[name] for name in names[:9]}
    assert colours_of(["a", "b", "a"]) == colours_of(["a", "b"])


def test_unknown_primitives_have_a_colour_and_a_name():
    assert primitive_colour("skip_connect") == "#E69F00"
    assert to_rgb(primitive_colour("conv_9x9")) != to_rgb(primitive_colour("conv_11x11"))
    assert (short("sep_conv_3x3"), short("conv_9x9")) == ("sep3", "conv_9x9")


def test_a_drawing_is_saved_with_its_source(tmp_path):
    with look():
        figure, axis = canvas(1, 1, 4, 3)
        axis.plot([1, 2])
        drawing = Drawing(figure, pd.DataFrame({"x": [1, 2]}), "Where this comes from. " * 20)
        paths = [tmp_path / f"figure.{kind}" for kind in ("pdf", "png", "parquet")]
        save_drawing(drawing, *paths, {"commit": "abc"})
    assert all(path.stat().st_size > 1000 for path in paths[:2])
    assert pd.read_parquet(paths[2])["x"].tolist() == [1, 2]


def saved(figure, folder):
    """Save a figure; the picture's bytes."""
    paths = [folder / f"figure.{kind}" for kind in ("pdf", "png", "parquet")]
    save_drawing(Drawing(figure, pd.DataFrame({"x": [1]}), "Of $g_{$ and 100% of {x}."), *paths, {})
    return paths[1].read_bytes()


#: Each breaks a figure or is drawn as something else where it is read as mathematics.
NAMES = ["$g_{$", "$a_1$ and $b^2$", r"\\frac{1}$", "a$b$c_d^e", "100% $", "{x}", "^", "$$", "a_b", "_a"]


def test_names_are_text_in_every_place(tmp_path):
    with look():
        figure, (bars, lines) = canvas(1, 2, 8, 4)
        bars.barh(NAMES, range(len(NAMES)))
        bars.set_yticks(range(len(NAMES)), NAMES)
        for number, name in enumerate(NAMES):
            lines.plot([number, 1], label=name)
            lines.annotate(name, (0, number))
            lines.text(0, number, name)
        lines.legend(title=NAMES[0])
        lines.set(title=NAMES[0], xlabel=NAMES[1], ylabel=NAMES[2])
        figure.suptitle(NAMES[0])
        saved(figure, tmp_path)
        texts = [text for text in figure.findobj(Text) if text.get_text() in NAMES]
    assert {name: sum(text.get_text() == name for text in texts) >= 4 for name in NAMES} == dict.fromkeys(NAMES, True)
    assert not any(text.get_parse_math() for text in texts)


def test_powers_of_ten_are_written_without_mathematics(tmp_path):
    with look():
        figure, axes = canvas(2, 2, 8, 6, sharex=True)
        for axis in axes.flat:
            axis.loglog([1e-3, 1e3], [2.0, 4.0])
        axes[0, 1].set_yscale("symlog", linthresh=1.0)
        axes[0, 1].set_ylim(-100, 100)
        mesh = axes[1, 1].pcolormesh(np.ones((2, 2)), norm=LogNorm(1, 1e4))
        bar = figure.colorbar(mesh, ax=axes[1, 1])
        saved(figure, tmp_path)
        found = [
            [label.get_text() for label in axis.get_ticklabels(which="both")]
            for axis in (
                axes[1, 0].xaxis,
                axes[0, 0].yaxis,
                axes[0, 1].yaxis,
                bar.ax.yaxis,
            )
        ]
    assert "10⁻³" in found[0]
    assert "3×10⁰" in found[1]
    assert {"−10²", "0", "10²"} <= set(found[2])
    assert "10⁴" in found[3]
    assert not any("$" in label or "{" in label for labels in found for label in labels)
    assert plain_power(r"$\mathdefault{-2\times10^{-13}}$") == "−2×10⁻¹³"


HOME = """
text.usetex: True
text.parse_math: True
font.family: serif
font.size: 30
axes.grid: False
axes.prop_cycle: cycler('color', ['red'])
savefig.dpi: 30
savefig.transparent: True
savefig.bbox: tight
figure.facecolor: black
image.cmap: gray
backend: template
"""
DRAW = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
import matplotlib as mpl
before = mpl.rcParams.copy()
assert before["font.size"] == float(sys.argv[2])
from nascope.drawing.style import canvas, look
from nascope.papers.registry import declared
declared()
assert mpl.rcParams.copy() == before, "importing changes settings"
assert "matplotlib.pyplot" not in sys.modules, "importing chooses a backend"
from tests.unit.test_style import NAMES, saved
with look():
    figure, axis = canvas(1, 1, 4, 3)
    axis.semilogy([1, 1e5], label=NAMES[0])
    axis.imshow([[1, 2]], aspect="auto")
    axis.legend()
    saved(figure, Path(sys.argv[1]))
assert mpl.rcParams.copy() == before, "drawing changes settings"
"""


def test_a_users_settings_change_no_picture_and_are_left_alone(tmp_path):
    pictures = []
    for name, settings in (("without", ""), ("with", HOME)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "matplotlibrc").write_text(settings)
        line = [sys.executable, "-c", DRAW.format(root=str(ROOT)), str(folder), "30" if settings else "10"]
        variables = {**os.environ, "MATPLOTLIBRC": str(folder / "matplotlibrc")}
        variables.pop("MPLBACKEND", None)
        done = subprocess.run(line, cwd=folder, env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        pictures.append((folder / "figure.png").read_bytes())
    assert pictures[0] == pictures[1]
