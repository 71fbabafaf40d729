"""What people type: one clear message, or the workflow that they mean."""

import subprocess

import pytest

from tests.workflow.harness import SNAKEMAKE, checkout, environment


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A checkout with configuration files that are broken in several ways."""
    folder = checkout(tmp_path_factory.mktemp("typed") / "checkout")
    (folder / "broken.yaml").write_text("studies:\n  a: [1, 2\n  b: 3\n")
    (folder / "code.yaml").write_text(f"__use_yte__: true\nshards: ?open('{folder}/ran', 'w').write('x')\n")
    (folder / "odd.yaml").write_text("studies:\n  2020: {kind: whole_space}\n")
    return folder


def typed(folder, *words):
    done = subprocess.run(
        [str(SNAKEMAKE), *words], cwd=folder, env=environment(), capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


SMOKE = ("--configfile", "config/smoke.yaml")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-n", "--configfile", "broken.yaml"), "nascope: broken.yaml, line 3: not valid YAML (expected ',' or ']'"),
        (("-n", "--configfile", "code.yaml"), "nascope: code.yaml, line 1: templates (__use_yte__) run Python code"),
        (("-n", *SMOKE, "stacnas"), "nascope: stacnas: there is no such configuration file; name targets before"),
        (("-n", "--configfile", "odd.yaml"), "config, studies: YAML reads the name 2020 as a value that is no text"),
        (("-n", "understandin", *SMOKE), "there is no target 'understandin'; did you mean understanding?"),
        (
            ("-n", "results/figures/stacnas/alpha_acuracy.png", *SMOKE),
            "alpha_acuracy.png'; did you mean results/figures/stacnas/alpha_accuracy.",
        ),
    ],
)
def test_mistakes_are_one_message(folder, words, message):
    code, printed = typed(folder, *words)
    assert code
    assert message in printed
    assert "Traceback" not in printed
    assert not (folder / "ran").exists(), "the configuration's code ran"


@pytest.mark.parametrize("how", ["snakefile", "directory"])
def test_it_runs_from_elsewhere(folder, tmp_path, how):
    figure = "results/figures/understanding/topologies.png"
    if how == "snakefile":
        code, printed = typed(tmp_path, figure, "--cores", "1", "-s", str(folder / "Snakefile"))
    else:
        code, printed = typed(folder, figure, "--cores", "1", "-d", str(tmp_path), *SMOKE)
    assert not code, printed
    assert (tmp_path / figure).exists()
    assert not (folder / figure).exists()
