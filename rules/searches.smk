rule searches:
    input:
        unpack(lambda wildcards: nasbench201.searched_table(wildcards.table)),
    output:
        searches="results/searches/{table}.parquet",
        sweeps="results/searches/{table}.sweeps.parquet",
    log:
        "results/logs/searches/{table}.log",
    benchmark:
        "results/benchmarks/searches/{table}.tsv"
    wildcard_constraints:
        table="nasbench201|own_space",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=60,
    params:
        job=lambda wildcards: nasbench201.searches_job(
            PLANS["nasbench201"], wildcards.table
        ),
        code=lambda wildcards: code(
            "searches",
            *nasbench201.searches_modules(PLANS["nasbench201"], wildcards.table),
        ),
    script:
        "../workflow/scripts/searches.py"
