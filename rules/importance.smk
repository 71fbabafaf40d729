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


rule ablation:
    input:
        benchmark="results/benchmark/nasbench201.parquet",
        importance="results/importance/nasbench201.parquet",
    output:
        ablation="results/ablation/nasbench201.parquet",
    log:
        "results/logs/ablation.log",
    benchmark:
        "results/benchmarks/ablation.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        dataset=config["redundancy"]["importance"]["dataset"],
        code=code_version("analysis/ablation.py", "oracles/tabular.py"),
    script:
        "../workflow/scripts/ablation.py"


rule motifs:
    input:
        importance="results/importance/{space}.parquet",
    output:
        motifs="results/motifs/{space}.parquet",
    log:
        "results/logs/motifs/{space}.log",
    benchmark:
        "results/benchmarks/motifs/{space}.tsv"
    wildcard_constraints:
        space="nasbench201|darts",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        options={
            "threshold": config["redundancy"]["importance"]["threshold"],
            **config["redundancy"]["motifs"],
        },
        code=code_version("analysis/motifs.py"),
    script:
        "../workflow/scripts/motifs.py"
