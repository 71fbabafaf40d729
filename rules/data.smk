rule download:
    output:
        images="results/data/{files}.parquet",
    log:
        "results/logs/download/{files}.log",
    benchmark:
        "results/benchmarks/download/{files}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        name=lambda wildcards: files_of_datasets()[wildcards.files],
        dataset=lambda wildcards: config["datasets"][
            files_of_datasets()[wildcards.files]
        ],
        code=code_version("datasets"),
    script:
        "../workflow/scripts/download.py"
