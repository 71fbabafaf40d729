from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


# Names that rules share, then a file per stage.
STAGES = "common estimate data genotypes training benchmark geometry importance surrogate searches one_shot operators"
STAGES += " cell_searches figures report"
for stage in STAGES.split():

    include: f"rules/{stage}.smk"


wildcard_constraints:
    paper="|".join(PLANS),
    figure=r"[a-z0-9_]+",
    study="|".join(CONFIG.studies),
    setup="|".join(PLAN.setups()).replace(".", r"\."),
    shard=r"\d+",


# Targets: everything, the figures and claims of each paper by its name.
rule all:
    default_target: True
    input:
        "results/report.html",
        [outputs.outputs_of(paper, plan) for paper, plan in PLANS.items()],


for paper, paper_plan in PLANS.items():

    rule:
        name:
            paper
        input:
            outputs.outputs_of(paper, paper_plan),


try:
    check_made_by_rules(
        outputs.tables_read(PLANS),
        lambda path: any(rule.is_producer(path) for rule in workflow.rules),
    )
except NascopeError as error:
    raise WorkflowError(str(error))
