# Input functions and names shared by the rules. No rule stands here.
from pathlib import Path

from nascope.datasets.archives import ARCHIVES
from nascope.errors import NascopeError
from nascope.provenance import code_version, content_hash
from nascope.results import forget_the_future, hold_results
from nascope.training.devices import require_gpus

# Exactly what decides a training's numbers: a new sampler or a restyled figure must not retrain anything.
TRAINING_MODULES = [
    "datasets",
    "networks",
    "spaces/canonical.py",
    "spaces/genotype.py",
    "spaces/nasbench201.py",
    "training/batches.py",
    "training/constant.py",
    "training/execution.py",
    "training/optimiser.py",
    "training/protocol.py",
    "training/trainer.py",
]
TRAINING_CODE = code_version(*TRAINING_MODULES)
# What decides a one-shot search.
ONE_SHOT_CODE = code_version(
    "datasets",
    "networks",
    "search/one_shot",
    "spaces/complete.py",
    "spaces/genotype.py",
    "spaces/nasbench201.py",
    "training/batches.py",
    "training/execution.py",
    "training/optimiser.py",
    "training/protocol.py",
)
FIGURE_CODE = code_version(
    "analysis/ablation.py",
    "analysis/cell_searches.py",
    "analysis/clustering.py",
    "analysis/confusion_depth.py",
    "analysis/convergence.py",
    "analysis/flatness.py",
    "analysis/importance.py",
    "analysis/motifs.py",
    "analysis/one_shot.py",
    "analysis/pairs.py",
    "analysis/ranking.py",
    "analysis/sampling.py",
    "figures",
    "reference.py",
    "training/summary.py",
)

# Whoever gives a budget (--resources gpu=N) computes on GPUs, one a job; clusters set it per rule in their profile.
GPU = int(
    "gpu" in workflow.global_resources and workflow.global_resources["gpu"].value > 0
)


# Jobs of seconds, which are not worth submitting to a cluster: they run where snakemake runs.
localrules:
    cell_searches,
    claims,
    download,
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


def longer(minutes):
    """A walltime that grows with each attempt: a job that needed more goes on from its checkpoint."""
    return lambda wildcards, attempt: minutes * attempt


def check_gpus():
    """Say at once, not in each job, that GPUs were asked for where there are none."""
    if GPU and workflow.local_exec:
        require_gpus()


def setup_of(study):
    """The training set-up (data set and protocol) of a study, as named in paths."""
    for section in ("dataset", "protocol"):
        name = config["studies"][study][section]
        known = config[f"{section}s"]
        if name not in known:
            raise WorkflowError(
                f"config: studies.{study}.{section} is {name!r}, not one of {', '.join(known)}"
            )
    return (
        f"{config['studies'][study]['dataset']}.{config['studies'][study]['protocol']}"
    )


def study_entry(study, section):
    """The config entry of a study's data set or protocol."""
    setup_of(study)
    return config[f"{section}s"][config["studies"][study][section]]


def study_named(paper, key):
    """The study, or the studies, that a paper's section refers to."""
    named = config[paper][key]
    check_studies(named if isinstance(named, list) else [named], f"{paper}.{key}")
    return named


def check_studies(names, place):
    """Refuse names that are not under studies."""
    for name in names:
        if name not in config["studies"]:
            raise WorkflowError(
                f"config: {place} names {name!r}, which is not under studies: {', '.join(config['studies'])}"
            )


def trained(paper, key, table):
    """A table of the trainings that a paper's study belongs to; a list where the paper names several studies."""
    return of_study(
        paper,
        key,
        lambda study: f"results/trainings/{setup_of(study)}/{table}.parquet",
    )


def drawn(paper, key):
    """The genotypes of a paper's study, or of several."""
    return of_study(paper, key, lambda study: f"results/genotypes/{study}.parquet")


def of_study(paper, key, path):
    """The path of a study, or of each study that a paper's section lists."""
    names = study_named(paper, key)
    return [path(name) for name in names] if isinstance(names, list) else path(names)


def measured_studies():
    """Studies whose trained weights are looked at, by measure."""
    measures = config["understanding"]["geometry"]["measures"]
    studies = {measure: options["studies"] for measure, options in measures.items()}
    for measure, names in studies.items():
        check_studies(names, f"understanding.geometry.measures.{measure}.studies")
    followed = [
        study
        for study, own in measures["landscape"]["studies"].items()
        if {**measures["landscape"], **own}["trajectory"]
    ]
    return {**studies, "trajectories": followed}


def keeps_weights(wildcards):
    """Whether a study's trained weights are needed."""
    return any(wildcards.study in studies for studies in measured_studies().values())


def genotypes_of_setup(setup):
    """Genotypes of all studies with one data set and protocol."""
    return [
        f"results/genotypes/{study}.parquet"
        for study in config["studies"]
        if setup_of(study) == setup
    ]


def studies_of_setup(wildcards):
    """Genotypes of all studies of a set-up, for its plan."""
    return genotypes_of_setup(wildcards.setup)


def dataset_of(wildcards):
    """Config entry of a set-up's data set."""
    return config["datasets"][wildcards.setup.split(".")[0]]


def protocol_of(wildcards):
    """Config entry of a set-up's protocol."""
    return config["protocols"][wildcards.setup.split(".")[1]]


def content_of(dataset):
    """A data set's config entry without the place of official files, which decides no number; a user's own decides."""
    entry = config["datasets"].get(dataset, {})
    place = ("root", "mirror") if entry.get("source") in ARCHIVES else ("mirror",)
    return {key: entry[key] for key in entry if key not in place}


def files_of(*datasets):
    """Tables that say that data sets' files are there, each once; none for the embedded one."""
    names = {files_name(dataset) for dataset in datasets} - {None}
    return [f"results/data/{files}.parquet" for files in sorted(names)]


def files_name(dataset):
    """Name of the files of a data set in paths; several data sets may part the same files."""
    entry = config["datasets"].get(dataset, {"source": "digits"})
    if entry["source"] == "digits":
        return None
    key = content_hash(
        [entry[part] for part in ("source", "root", "classes") if part in entry]
    )
    return f"{entry['source']}-{key[:8]}"


def files_of_datasets():
    """All files that data sets need: name in paths to the first data set that needs them."""
    names = {}
    for dataset in config["datasets"]:
        if files_name(dataset):
            names.setdefault(files_name(dataset), dataset)
    return names


def setup_hash(setup):
    """Hash of what decides a set-up's results, the code left aside."""
    dataset, protocol = setup.split(".")
    return content_hash([content_of(dataset), config["protocols"][protocol]])


def store_at(setup):
    """Directory of a set-up's finished trainings; another protocol, data set or code has another one."""
    return f"results/store/{setup}-{content_hash([setup_hash(setup), TRAINING_CODE])}"


def shards_of(setup):
    """Jobs that a set-up's trainings are spread over: the most that one of its studies asks for."""
    studies = [study for study in config["studies"] if setup_of(study) == setup]
    return max(
        config["studies"][study]["shards"] or config["shards"] for study in studies
    )


def shard_tables(wildcards):
    """Curves of all shards of a set-up."""
    return [
        f"results/trainings/{wildcards.setup}/shards/{shard}.parquet"
        for shard in range(shards_of(wildcards.setup))
    ]


def all_setups():
    """Every set-up that a study uses, each once."""
    return sorted({setup_of(study) for study in config["studies"]})


def check_one_setup(studies):
    """Refuse to compare what was trained differently."""
    setups = {study: setup_of(study) for study in studies}
    if len(set(setups.values())) > 1:
        listed = ", ".join(f"{study} on {setup}" for study, setup in setups.items())
        raise WorkflowError(
            f"config: studies that are compared need one data set and protocol: {listed}"
        )


def study_options(paper, key):
    """A study's data set, protocol and options in one dictionary, for notes and claims."""
    return study_options_of(study_named(paper, key))


def study_options_of(name):
    """The same of a study by its name."""
    study = config["studies"][name]
    return {
        "dataset": study["dataset"],
        "protocol": study["protocol"],
        **study["options"],
    }


def studies_options(names):
    """Data sets, their sources and protocols of several studies, for notes."""
    datasets, protocols = (
        [config["studies"][name][section] for name in names]
        for section in ("dataset", "protocol")
    )
    sources = {name: config["datasets"][name]["source"] for name in datasets}
    return {"datasets": datasets, "protocols": protocols, "sources": sources}


def figure_inputs(wildcards):
    """Tables that a figure reads, by kind."""
    return FIGURES[wildcards.paper][wildcards.figure]["input"]


def claim_inputs(wildcards):
    """Tables that a paper's claims read, by kind."""
    return CLAIMS[wildcards.paper]["input"]


def paper_outputs(paper):
    """All figures of a paper (a page, a picture and its data each), and its claims."""
    figures = multiext_all(f"results/figures/{paper}/", FIGURES[paper])
    tables = further_spaces() if paper == "nasbench201" else []
    return [*figures, f"results/claims/{paper}.parquet", *tables]


def further_spaces():
    """Trainings of other spaces, data sets and schedules of a NAS-Bench-201 of one's own."""
    return trained("nasbench201", "further_spaces", "trainings")


def multiext_all(folder, names):
    """Page, picture and data of several figures."""
    return [
        f"{folder}{name}.{extension}"
        for name in names
        for extension in ("pdf", "png", "parquet")
    ]


# Locks that are held until the workflow ends.
HELD = []


onstart:
    try:
        HELD.append(hold_results(Path("results")))
        forget_the_future(Path("results"))
        check_gpus()
    except NascopeError as error:
        raise WorkflowError(str(error))
