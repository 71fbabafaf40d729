rule published_benchmark:
    input:
        table=nasbench201.users_table(PLANS["nasbench201"]),
    output:
        benchmark=results.NASBENCH201.path,
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
        files=states(nasbench201.users_table(PLANS["nasbench201"])),
        code=code("published_benchmark"),
    script:
        "../workflow/scripts/published_benchmark.py"


rule own_benchmark:
    input:
        **outputs.paths_of(
            PLAN.study(PLANS["nasbench201"].section.own_space).tables(
                "genotypes", "trainings", "curves"
            )
        ),
    output:
        benchmark=results.OWN_SPACE.path,
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
        job=nasbench201.own_space_job(PLANS["nasbench201"]),
        code=code(
            "own_benchmark",
            PLAN.study(PLANS["nasbench201"].section.own_space).dataset.reader,
        ),
    script:
        "../workflow/scripts/own_benchmark.py"


rule users_histories:
    input:
        curves=PLANS["nasbench201"].section.histories,
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
        files=states([PLANS["nasbench201"].section.histories]),
        code=code("users_histories"),
    script:
        "../workflow/scripts/users_histories.py"


# Figures read this extract, because the histories of an official file are ten times as large and would not fit in memory.
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
        dataset=ranked_dataset(PLANS["nasbench201"]),
        code=code("rank_histories"),
    script:
        "../workflow/scripts/rank_histories.py"
