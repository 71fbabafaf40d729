# Published evidence: what comes with nascope, or a table of the user's in its place.
rule evidence:
    input:
        table=lambda wildcards: CONFIG.evidence.paths(wildcards.table),
    output:
        table="results/evidence/{table}.parquet",
    log:
        "results/logs/evidence/{table}.log",
    benchmark:
        "results/benchmarks/evidence/{table}.tsv"
    wildcard_constraints:
        table="|".join(READERS),
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        files=lambda wildcards: states(CONFIG.evidence.paths(wildcards.table)),
        reader=lambda wildcards: READERS[wildcards.table],
        code=lambda wildcards: code("evidence", module_of(READERS[wildcards.table])),
    script:
        "../workflow/scripts/evidence.py"
