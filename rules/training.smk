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
        protocol=lambda wildcards: study_entry(wildcards.study, "protocol"),
        dataset=lambda wildcards: study_entry(wildcards.study, "dataset"),
        code=code_version("networks", "training/size.py"),
    script:
        "../workflow/scripts/parameters.py"


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
        shards=lambda wildcards: shards_of(wildcards.setup),
        code=code_version("training/plan.py"),
    script:
        "../workflow/scripts/plan.py"


rule train:
    input:
        plan="results/trainings/{setup}/plan.parquet",
        images=lambda wildcards: files_of(wildcards.setup.split(".")[0]),
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
        dataset=dataset_of,
        protocol=protocol_of,
        store=lambda wildcards: store_at(wildcards.setup),
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
        hash=lambda wildcards: setup_hash(wildcards.setup),
        code=code_version("training/collect.py", "training/summary.py"),
    script:
        "../workflow/scripts/collect.py"
