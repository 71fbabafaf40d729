rule importance:
    input:
        benchmark="results/benchmark/nasbench201.parquet",
    output:
        importance="results/importance/nasbench201.parquet",
    log:
        "results/logs/importance.log",
    benchmark:
        "results/benchmarks/importance.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        options=config["redundancy"]["importance"],
        code=code_version("analysis/importance.py", "oracles/tabular.py"),
    script:
        "../workflow/scripts/importance.py"
