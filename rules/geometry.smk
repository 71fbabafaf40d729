# What lies around the weights of trained networks: loss grids, trajectories, gradient variance, sharpness.
wildcard_constraints:
    measure="landscape|trajectories|gradients|sharpness",
    job=r"\d+",


rule geometry:
    input:
        genotypes="results/genotypes/{study}.parquet",
        plan=lambda wildcards: f"results/trainings/{setup_of(wildcards.study)}/plan.parquet",
        curves=lambda wildcards: f"results/trainings/{setup_of(wildcards.study)}/curves.parquet",
        images=lambda wildcards: files_of(config["studies"][wildcards.study]["dataset"]),
    output:
        table="results/geometry/{measure}/{study}.{job}.parquet",
    log:
        "results/logs/geometry/{measure}/{study}.{job}.log",
    benchmark:
        "results/benchmarks/geometry/{measure}/{study}.{job}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(1440),
    params:
        options=geometry_options,
        dataset=lambda wildcards: study_entry(wildcards.study, "dataset"),
        protocol=lambda wildcards: study_entry(wildcards.study, "protocol"),
        jobs=config["understanding"]["geometry"]["jobs"],
        trainings=lambda wildcards: store_at(setup_of(wildcards.study)),
        store=geometry_store,
        code=geometry_code,
    script:
        "../workflow/scripts/geometry.py"


rule geometry_table:
    input:
        parts=geometry_tables,
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
    script:
        "../workflow/scripts/geometry_table.py"


rule theory:
    output:
        theory="results/theory.parquet",
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
        options=config["understanding"]["theory"],
        code=code_version("analysis/theory.py"),
    script:
        "../workflow/scripts/theory.py"
