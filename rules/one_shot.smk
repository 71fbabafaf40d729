rule one_shot:
    input:
        images=files_of(config["nasbench201"]["one_shot"]["dataset"]),
    output:
        one_shot="results/one_shot/{algorithm}.{job}.parquet",
    log:
        "results/logs/one_shot/{algorithm}.{job}.log",
    benchmark:
        "results/benchmarks/one_shot/{algorithm}.{job}.tsv"
    wildcard_constraints:
        algorithm=r"[A-Z0-9-]+",
        job=r"\d+",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(2880),
    params:
        dataset=config["datasets"].get(config["nasbench201"]["one_shot"]["dataset"]),
        dataset_name=config["nasbench201"]["one_shot"]["dataset"],
        options=one_shot_options,
        seeds=one_shot_seeds,
        batch_norms=config["nasbench201"]["one_shot"]["batch_norm"],
        store=one_shot_store,
        code=ONE_SHOT_CODE,
    script:
        "../workflow/scripts/one_shot.py"


rule one_shots:
    input:
        one_shot=one_shot_tables(),
    output:
        one_shot="results/one_shot/all.parquet",
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
    script:
        "../workflow/scripts/one_shots.py"
