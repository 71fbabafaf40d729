from nascope.config import check_config
from snakemake.utils import min_version, validate

min_version("9.27")


configfile: "config.yaml"


# The first says in one line what is wrong, the second fills in defaults.
check_config(config, workflow.source_path("workflow/schemas/config.schema.yaml"))
validate(config, schema="workflow/schemas/config.schema.yaml")


# Helpers, what figures read, and a file a stage.
STAGES = "estimate data genotypes training benchmark geometry importance surrogate searches one_shot operators cell_searches"
STAGES += " figures report"
for stage in ["common", "stages", "registry", *STAGES.split()]:

    include: f"rules/{stage}.smk"


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
        further_spaces(),


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
