rule searches:
    input:
        benchmark="results/benchmark/nasbench201.parquet",
    output:
        searches="results/searches/nasbench201.parquet",
    log:
        "results/logs/searches.log",
    benchmark:
        "results/benchmarks/searches.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        options=config["nasbench201"]["searches"],
        code=code_version("search", "spaces/nasbench201.py"),
    script:
        "../workflow/scripts/searches.py"
