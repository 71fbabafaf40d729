rule operators:
    output:
        features="results/operators/features.parquet",
        groups="results/operators/groups.parquet",
        curves="results/operators/curves.parquet",
        alphas="results/operators/alphas.parquet",
    log:
        "results/logs/operators.log",
    benchmark:
        "results/benchmarks/operators.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=8000,
        runtime=720,
    params:
        options=config["stacnas"]["operators"],
        dataset=config["datasets"].get(config["stacnas"]["operators"]["dataset"]),
        protocol=config["search_protocols"].get(config["stacnas"]["operators"]["search_protocol"]),
        code=code_version("analysis/operators.py", "datasets", "networks", "search/one_level.py", "training"),
    script:
        "../workflow/scripts/operators.py"
