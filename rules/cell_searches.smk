# Searches in spaces of two-input cells, and gradient confusion of the networks that they train.
CONFUSION = stacnas.confusion_job(PLANS["stacnas"])
CONFUSION_CODE = code("confusion", named_dataset(CONFUSION["dataset_name"]).reader)
SEARCHED = stacnas.searched_datasets(PLANS["stacnas"])
CELL_SEARCH_CODES = {
    name: code("cell_search", *stacnas.cell_search_modules(PLANS["stacnas"], name))
    for name in PLANS["stacnas"].section.searches.algorithms
}


rule cell_search:
    input:
        groups=stacnas.measured_groups(PLANS["stacnas"]),
        images=files_of(*SEARCHED),
    output:
        searches="results/cell_searches/{space}.{shard}.cells.parquet",
        alphas="results/cell_searches/{space}.{shard}.alphas.parquet",
    log:
        "results/logs/cell_search/{space}.{shard}.log",
    benchmark:
        "results/benchmarks/cell_search/{space}.{shard}.tsv"
    wildcard_constraints:
        space="|".join(CONFIG.search_spaces),
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(2880),
    params:
        job=lambda wildcards: stacnas.cell_search_job(
            PLANS["stacnas"], wildcards.space, int(wildcards.shard)
        ),
        stores=lambda wildcards: stacnas.cell_search_stores(
            PLANS["stacnas"], wildcards.space, CELL_SEARCH_CODES
        ),
        code=CELL_SEARCH_CODES,
    script:
        "../workflow/scripts/cell_search.py"


rule cell_searches:
    input:
        parts=stacnas.cell_search_tables(PLANS["stacnas"], "cells"),
    output:
        table=results.FOUND_CELLS.path,
    log:
        "results/logs/cell_searches.log",
    benchmark:
        "results/benchmarks/cell_searches.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        kind="cell_searches",
        order=stacnas.cell_search_order(PLANS["stacnas"]),
        code=code("gather"),
    script:
        "../workflow/scripts/gather.py"


rule cell_alphas:
    input:
        parts=stacnas.cell_search_tables(PLANS["stacnas"], "alphas"),
    output:
        table=results.FOUND_ALPHAS.path,
    log:
        "results/logs/cell_alphas.log",
    benchmark:
        "results/benchmarks/cell_alphas.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        kind="search_alphas",
        order=stacnas.cell_search_order(PLANS["stacnas"]),
        code=code("gather"),
    script:
        "../workflow/scripts/gather.py"


rule confusion:
    input:
        groups=stacnas.measured_groups(PLANS["stacnas"]),
        images=files_of(named_dataset(CONFUSION["dataset_name"])),
    output:
        confusion=results.GRADIENT_CONFUSION.path,
    log:
        "results/logs/confusion.log",
    benchmark:
        "results/benchmarks/confusion.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=8000,
        runtime=longer(2880),
    params:
        job=CONFUSION,
        store=stacnas.stage_store(
            PLANS["stacnas"], "confusion", CONFUSION, CONFUSION_CODE
        ),
        code=CONFUSION_CODE,
    script:
        "../workflow/scripts/confusion.py"
