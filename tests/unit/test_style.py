import matplotlib as mpl
import pandas as pd
from matplotlib.colors import to_rgb

from nascope.drawing.style import Drawing, canvas, colours_of, look, primitive_colour, save_drawing, short


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
