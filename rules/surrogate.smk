# A surrogate of the DARTS space, and what it says about operations and patterns.
rule architectures:
    input:
        **redundancy.architectures_inputs(PLANS["redundancy"]),
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
        job=redundancy.architectures_job(PLANS["redundancy"]),
        files=states(redundancy.users_file(PLANS["redundancy"])),
        code=code("architectures"),
    script:
        "../workflow/scripts/architectures.py"


rule surrogate:
    input:
        architectures="results/surrogate/architectures.parquet",
    output:
        predictions=results.SURROGATE_PREDICTIONS.path,
        importance=results.DARTS_IMPORTANCE.path,
        published=results.PUBLISHED_IMPORTANCE.path,
        patterns=results.SURROGATE_PATTERNS.path,
        replacements=results.SURROGATE_REPLACEMENTS.path,
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
        options=PLANS["redundancy"].section.surrogate.given(),
        code=code("surrogate"),
    script:
        "../workflow/scripts/surrogate.py"
