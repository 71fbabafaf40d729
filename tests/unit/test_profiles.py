import re

import yaml

from tests.helpers import ROOT


def test_the_slurm_profile_asks_a_gpu_for_every_rule_that_can_use_one():
    text = "\n".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    rules = re.split(r"^rule ", text, flags=re.MULTILINE)[1:]
    with_gpu = {rule.partition(":")[0] for rule in rules if "gpu=GPU" in rule}
    assert with_gpu
    profile = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
    assert {name for name, resources in profile["set-resources"].items() if resources["gpu"]} == with_gpu
