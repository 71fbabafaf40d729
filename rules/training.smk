rule plan:
    input:
        genotypes=studies_of_setup,
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
        replicas=lambda wildcards: protocol_of(wildcards)["replicas"],
        shards=config["shards"],
        code=code_version("training/plan.py"),
    script:
        "../workflow/scripts/plan.py"


rule train:
    input:
        plan="results/trainings/{setup}/plan.parquet",
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
        runtime=720,
    params:
        dataset=dataset_of,
        protocol=protocol_of,
        store=store_of,
        code=TRAINING_CODE,
    script:
        "../workflow/scripts/train.py"


rule collect:
    input:
        curves=shard_tables,
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
        hash=setup_hash,
        code=code_version("training/summary.py"),
    script:
        "../workflow/scripts/collect.py"
