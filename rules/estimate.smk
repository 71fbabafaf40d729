# What a run will cost, before anything starts: snakemake estimate.
rule estimate:
    input:
        **known_studies(),
    output:
        estimate="results/estimate.parquet",
    log:
        "results/logs/estimate.log",
    benchmark:
        "results/benchmarks/estimate.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=8000,
        runtime=longer(120),
    params:
        config=dict(config),
    script:
        "../workflow/scripts/estimate.py"
