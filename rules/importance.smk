rule importance:
    input:
        benchmark=results.NASBENCH201.path,
    output:
        importance=results.NASBENCH201_IMPORTANCE.path,
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
        dataset=PLANS["redundancy"].section.importance.dataset,
        fraction=PLANS["redundancy"].section.importance.fraction,
        code=code("importance"),
    script:
        "../workflow/scripts/importance.py"


rule ablation:
    input:
        benchmark=results.NASBENCH201.path,
        importance=results.NASBENCH201_IMPORTANCE.path,
    output:
        ablation=results.NASBENCH201_ABLATION.path,
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
        dataset=PLANS["redundancy"].section.importance.dataset,
        code=code("ablation"),
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
        options=redundancy.motifs_job(PLANS["redundancy"]),
        code=code("motifs"),
    script:
        "../workflow/scripts/motifs.py"
