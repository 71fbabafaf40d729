OPERATORS = stacnas.operators_job(PLANS["stacnas"])
OPERATORS_CODE = code("operators", named_dataset(OPERATORS["dataset_name"]).reader)


rule operators:
    input:
        images=files_of(named_dataset(OPERATORS["dataset_name"])),
    output:
        features=results.CORRELATIONS.path,
        groups=results.CLUSTERS.path,
    log:
        "results/logs/operators.log",
    benchmark:
        "results/benchmarks/operators.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(720),
    params:
        job=OPERATORS,
        store=stacnas.stage_store(
            PLANS["stacnas"], "operators", OPERATORS, OPERATORS_CODE
        ),
        code=OPERATORS_CODE,
    script:
        "../workflow/scripts/operators.py"
