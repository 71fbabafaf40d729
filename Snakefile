from snakemake.utils import min_version

from nascope.errors import NascopeError
from nascope.workflow.files import check_files

min_version("9.27")
DEFAULT = f"{workflow.basedir}/config.yaml"

try:
    check_files([DEFAULT, *workflow.configfiles])
except NascopeError as error:
    raise WorkflowError(str(error))


configfile: DEFAULT


# Names that rules share, then a file per stage.
STAGES = "common estimate data evidence genotypes training benchmark geometry importance surrogate searches one_shot operators"
STAGES += " cell_searches figures report targets"
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
        lambda wildcards: with_all_inputs(outputs.everything(PLANS)),


for paper in PLANS:

    rule:
        name:
            paper
        input:
            lambda wildcards, paper=paper: with_all_inputs(
                outputs.outputs_of(paper, PLANS[paper])
            ),


# Trainings of each study by its name, and the figures of your own, as in `snakemake mine`.
for study in set(CONFIG.studies) - {rule.name for rule in workflow.rules}:

    rule:
        name:
            study
        input:
            lambda wildcards, study=study: with_all_inputs(
                outputs.outputs_of_study(PLAN, study)
            ),


try:
    check_tables()
    check_typed()
except NascopeError as error:
    raise WorkflowError(str(error))
