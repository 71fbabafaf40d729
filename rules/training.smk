rule parameters:
    input:
        genotypes="results/genotypes/{study}.parquet",
    output:
        parameters="results/parameters/{study}.parquet",
    log:
        "results/logs/parameters/{study}.log",
    benchmark:
        "results/benchmarks/parameters/{study}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        protocol=lambda wildcards: PLAN.study(wildcards.study).protocol.given(),
        dataset=lambda wildcards: PLAN.study(wildcards.study).dataset.given(),
        code=lambda wildcards: code(
            "parameters", PLAN.study(wildcards.study).dataset.reader
        ),
    script:
        "../workflow/scripts/parameters.py"


rule plan:
    input:
        genotypes=lambda wildcards: [
            study.genotypes.path for study in PLAN.setup(wildcards.setup)
        ],
    output:
        plan="results/trainings/{setup}/plan.parquet",
    log:
        "results/logs/plan/{setup}.log",
    benchmark:
        "results/benchmarks/plan/{setup}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        replicas=lambda wildcards: setup_of(wildcards).protocol.replicas,
        shards=lambda wildcards: PLAN.shards(wildcards.setup),
        code=code("plan"),
    script:
        "../workflow/scripts/plan.py"


rule train:
    input:
        plan="results/trainings/{setup}/plan.parquet",
        images=lambda wildcards: files_of(setup_of(wildcards).dataset),
    output:
        curves="results/trainings/{setup}/shards/{shard}.parquet",
    log:
        "results/logs/train/{setup}/{shard}.log",
    benchmark:
        "results/benchmarks/train/{setup}/{shard}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(720),
    params:
        name=lambda wildcards: setup_of(wildcards).entry.dataset,
        dataset=lambda wildcards: setup_of(wildcards).dataset.given(),
        protocol=lambda wildcards: setup_of(wildcards).protocol.given(),
        store=lambda wildcards: PLAN.store(wildcards.setup),
        code=lambda wildcards: code("train", setup_of(wildcards).dataset.reader),
    script:
        "../workflow/scripts/train.py"


rule collect:
    input:
        curves=lambda wildcards: expand(
            "results/trainings/{{setup}}/shards/{shard}.parquet",
            shard=range(PLAN.shards(wildcards.setup)),
        ),
    output:
        curves="results/trainings/{setup}/curves.parquet",
        trainings="results/trainings/{setup}/trainings.parquet",
    log:
        "results/logs/collect/{setup}.log",
    benchmark:
        "results/benchmarks/collect/{setup}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        dataset=lambda wildcards: setup_of(wildcards).entry.dataset,
        protocol=lambda wildcards: setup_of(wildcards).entry.protocol,
        hash=lambda wildcards: PLAN.setup_hash(wildcards.setup),
        code=code("collect"),
    script:
        "../workflow/scripts/collect.py"
