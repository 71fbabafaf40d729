rule download:
    output:
        images="results/data/{files}.parquet",
    log:
        "results/logs/download/{files}.log",
    benchmark:
        "results/benchmarks/download/{files}.tsv"
    wildcard_constraints:
        files="|".join(
            sorted(d.files_name() for d in CONFIG.datasets.values() if d.files_name())
        ),
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        name=lambda wildcards: files_named(wildcards.files),
        dataset=lambda wildcards: named_dataset(files_named(wildcards.files)).given(),
        code=lambda wildcards: code(
            "download", named_dataset(files_named(wildcards.files)).reader
        ),
    script:
        "../workflow/scripts/download.py"
