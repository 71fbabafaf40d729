rule genotypes:
    input:
        unpack(drawn_from),
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
        study=lambda wildcards: config["studies"][wildcards.study],
        weights=keeps_weights,
        code=code_version("analysis/cell_searches.py", "spaces", "studies"),
    script:
        "../workflow/scripts/genotypes.py"
