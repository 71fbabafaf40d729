from nascope.config import check_config
from snakemake.utils import min_version, validate

min_version("9.27")


configfile: "config.yaml"


# The first says in one line what is wrong, the second fills in defaults.
check_config(config, workflow.source_path("workflow/schemas/config.schema.yaml"))
validate(config, schema="workflow/schemas/config.schema.yaml")


include: "rules/common.smk"
include: "rules/registry.smk"
include: "rules/genotypes.smk"
include: "rules/training.smk"
include: "rules/benchmark.smk"
include: "rules/geometry.smk"
include: "rules/importance.smk"
include: "rules/searches.smk"
include: "rules/one_shot.smk"
include: "rules/operators.smk"
include: "rules/figures.smk"
include: "rules/report.smk"


wildcard_constraints:
    paper="|".join(FIGURES),
    figure=r"[a-z0-9_]+",
    study="|".join(config["studies"]),
    setup=r"[a-z0-9_]+\.[a-z0-9_]+",
    shard=r"\d+",


# Targets: everything, the figures of one paper, the report.
rule all:
    default_target: True
    input:
        "results/report.html",


rule nasbench201:
    input:
        paper_outputs("nasbench201"),


rule understanding:
    input:
        paper_outputs("understanding"),


rule redundancy:
    input:
        paper_outputs("redundancy"),


rule stacnas:
    input:
        paper_outputs("stacnas"),
