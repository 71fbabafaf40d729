# What a run will cost, before anything starts: snakemake estimate.
ESTIMATED = [
    *nasbench201.all_modules(PLANS["nasbench201"]),
    *stacnas.all_modules(PLANS["stacnas"]),
    *(dataset.reader for dataset in CONFIG.datasets.values()),
]


rule estimate_table:
    input:
        **{
            name: PLAN.study(name).genotypes.path
            for name in CONFIG.studies
            if not PLAN.drawn_from(name)
        },
    output:
        estimate="results/estimate.parquet",
    log:
        "results/logs/estimate_table.log",
    benchmark:
        "results/benchmarks/estimate_table.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=8000,
        runtime=longer(120),
    params:
        config=CONFIG.given(),
        # So that steps are timed again where another kind of device is asked for.
        gpu=GPU,
        code=code("estimate", *ESTIMATED),
    script:
        "../workflow/scripts/estimate.py"


# Without an output or a benchmark, so that it runs, and prints, whenever it is asked for.
rule estimate:
    input:
        estimate="results/estimate.parquet",
    log:
        "results/logs/estimate.log",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    script:
        "../workflow/scripts/print_estimate.py"
