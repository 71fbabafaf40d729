rule one_shot:
    input:
        images=files_of(named_dataset(PLANS["nasbench201"].section.one_shot.dataset)),
    output:
        one_shot="results/one_shot/{algorithm}.{shard}.parquet",
    log:
        "results/logs/one_shot/{algorithm}.{shard}.log",
    benchmark:
        "results/benchmarks/one_shot/{algorithm}.{shard}.tsv"
    wildcard_constraints:
        algorithm="|".join(PLANS["nasbench201"].section.one_shot.algorithms),
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(2880),
    params:
        job=lambda wildcards: nasbench201.one_shot_job(
            PLANS["nasbench201"], wildcards.algorithm, int(wildcards.shard)
        ),
        store=lambda wildcards: nasbench201.one_shot_store(
            PLANS["nasbench201"],
            wildcards.algorithm,
            code(
                "one_shot",
                *nasbench201.one_shot_modules(
                    PLANS["nasbench201"], wildcards.algorithm
                ),
            ),
        ),
        code=lambda wildcards: code(
            "one_shot",
            *nasbench201.one_shot_modules(PLANS["nasbench201"], wildcards.algorithm),
        ),
    script:
        "../workflow/scripts/one_shot.py"


rule one_shots:
    input:
        parts=nasbench201.one_shot_tables(PLANS["nasbench201"]),
    output:
        table=results.ONE_SHOT_SEARCHES.path,
    log:
        "results/logs/one_shots.log",
    benchmark:
        "results/benchmarks/one_shots.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        kind="one_shot",
        order=nasbench201.one_shot_order(PLANS["nasbench201"]),
        code=code("gather"),
    script:
        "../workflow/scripts/gather.py"
