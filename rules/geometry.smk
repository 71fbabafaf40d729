# What lies around trained weights: loss grids, trajectories, gradient variance, sharpness.
wildcard_constraints:
    measure="landscape|trajectories|gradients|sharpness",


rule geometry:
    input:
        genotypes="results/genotypes/{study}.parquet",
        plan=lambda wildcards: PLAN.study(wildcards.study).plan.path,
        curves=lambda wildcards: PLAN.study(wildcards.study).curves.path,
        images=lambda wildcards: files_of(PLAN.study(wildcards.study).dataset),
    output:
        table="results/geometry/{measure}/{study}.{shard}.parquet",
    log:
        "results/logs/geometry/{measure}/{study}.{shard}.log",
    benchmark:
        "results/benchmarks/geometry/{measure}/{study}.{shard}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(1440),
    params:
        job=lambda wildcards: understanding.geometry_job(
            PLANS["understanding"], wildcards.measure, wildcards.study
        ),
        store=lambda wildcards: understanding.geometry_store(
            PLANS["understanding"],
            wildcards.measure,
            wildcards.study,
            code(
                "geometry",
                *understanding.geometry_modules(
                    PLANS["understanding"], wildcards.measure, wildcards.study
                ),
            ),
        ),
        code=lambda wildcards: code(
            "geometry",
            *understanding.geometry_modules(
                PLANS["understanding"], wildcards.measure, wildcards.study
            ),
        ),
    script:
        "../workflow/scripts/geometry.py"


rule geometry_table:
    input:
        parts=lambda wildcards: understanding.geometry_tables(
            PLANS["understanding"], wildcards.measure
        ),
    output:
        table="results/geometry/{measure}.parquet",
    log:
        "results/logs/geometry/{measure}.log",
    benchmark:
        "results/benchmarks/geometry/{measure}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        kind="{measure}",
        order=lambda wildcards: understanding.geometry_order(
            PLANS["understanding"], wildcards.measure
        ),
        code=code("gather"),
    script:
        "../workflow/scripts/gather.py"


rule theory:
    output:
        theory=results.LINEAR_CELLS.path,
    log:
        "results/logs/theory.log",
    benchmark:
        "results/benchmarks/theory.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        options=PLANS["understanding"].section.theory.given(),
        code=code("theory"),
    script:
        "../workflow/scripts/theory.py"
