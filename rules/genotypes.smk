rule genotypes:
    input:
        unpack(lambda wildcards: outputs.study_inputs(PLAN, wildcards.study)),
    output:
        genotypes="results/genotypes/{study}.parquet",
    log:
        "results/logs/genotypes/{study}.log",
    benchmark:
        "results/benchmarks/genotypes/{study}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        job=lambda wildcards: outputs.study_job(PLAN, wildcards.study),
        weights=lambda wildcards: understanding.keeps_weights(
            PLANS["understanding"], wildcards.study
        ),
        files=lambda wildcards: states(user_files(CONFIG, wildcards.study).values()),
        code=lambda wildcards: code(
            "genotypes",
            module_of(outputs.study_job(PLAN, wildcards.study)["function"]),
        ),
    script:
        "../workflow/scripts/genotypes.py"
