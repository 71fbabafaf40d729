# What rules share: the configuration as plans, versions of code, walltimes, GPUs. There is no rule here.
from pathlib import Path

from nascope.checkout import check_checkout, name_checkout
from nascope.filestate import state_of
from nascope.loading import module_of
from nascope.papers.nasbench201 import jobs as nasbench201
from nascope.papers.nasbench201.reads import ranked_dataset
from nascope.papers.redundancy import jobs as redundancy
from nascope.papers.registry import PAPERS
from nascope.papers.stacnas import jobs as stacnas
from nascope.papers.understanding import jobs as understanding
from nascope.schemas import results
from nascope.shipped.readers import READERS
from nascope.workflow import outputs
from nascope.workflow.check import check_config, user_files
from nascope.workflow.plan import own_plans, plans
from nascope.workflow.read import read_config
from nascope.workflow.records import keep_with_results
from nascope.workflow.versions import version

try:
    check_checkout(Path(workflow.basedir))
    CONFIG = read_config(config)
    check_config(CONFIG)
except NascopeError as error:
    raise WorkflowError(str(error))

for method in workflow.deployment_settings.deployment_method:
    if str(method) != "conda":
        raise WorkflowError(
            f"--sdm {method}: nascope has neither containers nor modules, and its jobs would run without; use --sdm conda"
        )
name_checkout(Path(workflow.basedir))
keep_with_results(Path(".snakemake"), Path("results"))
PLANS = plans(CONFIG)
# Studies and set-ups are the same for all papers.
PLAN = PLANS["nasbench201"]
# Figures stand at the places of papers and of the user's own studies.
VIEWS = {**PLANS, **own_plans(CONFIG)}
FIGURES = {
    place: outputs.figures_of(view, outputs.paper_at(place))
    for place, view in VIEWS.items()
}
SCRIPTS = Path(workflow.basedir) / "workflow" / "scripts"

# With a budget (--resources gpu=N) each job that can use a GPU gets one; on clusters the profile says so for each rule.
GPU = int(
    "gpu" in workflow.global_resources and workflow.global_resources["gpu"].value > 0
)


# Jobs of seconds are not worth submitting to a cluster: they run where snakemake runs.
localrules:
    cell_alphas,
    cell_searches,
    claims,
    download,
    estimate,
    evidence,
    figure,
    genotypes,
    geometry_table,
    one_shots,
    own_benchmark,
    parameters,
    plan,
    report,
    theory,
    users_histories,


def code(script, *modules):
    """Version of a job's code: its script and what is loaded by name for it."""
    return version(SCRIPTS / f"{script}.py", *modules)


def named_dataset(name):
    """A data set by name; the name has been checked before."""
    return CONFIG.datasets[name]


def files_of(*datasets):
    """Tables that say that the data sets' files are there, each once; embedded images need none."""
    names = {dataset.files_name() for dataset in datasets} - {None}
    return [f"results/data/{name}.parquet" for name in sorted(names)]


def files_named(files):
    """Name of the first data set with these files."""
    return next(
        name
        for name, dataset in CONFIG.datasets.items()
        if dataset.files_name() == files
    )


def states(paths):
    """Sizes and times of the user's own files, of which Snakemake knows only whether they are newer than a table."""
    return [state_of(path) for path in paths]


def longer(minutes):
    """A walltime that grows with each attempt: a job that needed more goes on from its checkpoint."""
    return lambda wildcards, attempt: minutes * attempt


def setup_of(wildcards):
    """One of the studies of a set-up; all of them have its data set and protocol."""
    return PLAN.setup(wildcards.setup)[0]
