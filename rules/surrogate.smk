# A surrogate of the DARTS space, and what it says of operations and patterns.
rule architectures:
    input:
        unpack(own_architectures),
        archive=users_archive,
    output:
        architectures="results/surrogate/architectures.parquet",
    log:
        "results/logs/architectures.log",
    benchmark:
        "results/benchmarks/architectures.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        dataset=GROUPS["dataset"],
        epochs=config["protocols"][GROUPS["protocol"]]["epochs"],
        code=code_version("oracles/nasbench301.py", "oracles/trained.py"),
    script:
        "../workflow/scripts/architectures.py"


rule surrogate:
    input:
        architectures="results/surrogate/architectures.parquet",
    output:
        predictions="results/surrogate/predictions.parquet",
        importance="results/importance/darts.parquet",
        published="results/importance/published.parquet",
        patterns="results/surrogate/patterns.parquet",
    log:
        "results/logs/surrogate.log",
    benchmark:
        "results/benchmarks/surrogate.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=120,
    params:
        options=config["redundancy"]["surrogate"],
        code=code_version("analysis/importance.py", "oracles/surrogate.py", "spaces"),
    script:
        "../workflow/scripts/surrogate.py"
